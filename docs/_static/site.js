// A picture that was made to fit the page is seen in its own size, and scrolled, when it is pressed; and fits again.
document.addEventListener("click", (event) => event.target.closest(".cell_output img")?.classList.toggle("whole"));
