// Python in the page, by Pyodide; Graphviz beside it, by Viz.js, draws what `draw` and `explore` ask for.
import { loadPyodide } from "./pyodide.mjs";

const EXAMPLES = {
  "neuron": `from autograd_lite import Value, draw

w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
a = (w * x + b).tanh()
a.label = "a"
a.backward()
print(w.grad, x.grad, b.grad)
draw(a)`,
  "BP1–BP4": `from nn import MLP, verify

model = MLP(3, [2, 1], "sigmoid", "sigmoid", seed=0)
print(verify(model, [0.5, -1.0, 2.0], [1.0]))`,
  "XOR": `import nn

xs, ys = nn.data.xor()
model = nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=1)
history = nn.fit(model, xs, ys, "binary_cross_entropy", epochs=200, lr=1.0)
print(history)
print(model.predict(xs))`,
  "explore": `from autograd_lite import Value, explore

x = Value(3.0, "x")
y = x * x * x
y.label = "y"
explore(y)`,
  "exercise": `from autograd_lite.exercises import exercise

square = exercise("square-slope")   # or exercise("square-slope", "zh")
print(square)
square.check(9)`,
};

// In the browser there is no process to start: pictures are asked of Viz.js, one after the other.
const PREPARE = `
import ast, sys, traceback
from autograd_lite.pictures import layout
from js import draw_by_graphviz

def picture(source, format, time_limit=None):
    return "".join(draw_by_graphviz(one, format) for one in source.split("\\f")).encode()

layout.engine = lambda: "viz"
layout.picture = picture

def shown(thing):
    html = getattr(thing, "_repr_html_", None)
    if html:
        return html()
    if hasattr(thing, "pipe"):
        return thing.pipe("svg").decode()
    return None

def run(code):
    """The HTML of the last expression; what is printed goes to the page as it comes."""
    names = {"__name__": "__main__"}
    try:
        tree = ast.parse(code)
        last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "program", "exec"), names)
        thing = eval(compile(last, "program", "eval"), names) if last else None
        html = None if thing is None else shown(thing)
        if thing is not None and html is None:
            print(thing)
        return html or ""
    except BaseException:
        kind, error, trace = sys.exc_info()
        print("".join(traceback.format_exception(kind, error, trace.tb_next)))
        return ""
`;

const at = (id) => document.getElementById(id);
const print = (text) => { at("printed").textContent += `${text}\n`; };

async function start() {
  const viz = await Viz.instance();
  globalThis.draw_by_graphviz = (source, format) => viz.renderString(source, { format, engine: "dot" });
  const pyodide = await loadPyodide({ stdout: print, stderr: print });
  const library = await (await fetch("library.zip")).arrayBuffer();
  pyodide.unpackArchive(library, "zip");
  pyodide.runPython(PREPARE);
  const run = pyodide.globals.get("run");
  at("run").onclick = () => {
    at("printed").textContent = "";
    at("shown").innerHTML = "";
    at("state").textContent = "…";
    setTimeout(() => {
      const began = performance.now();
      at("shown").innerHTML = run(at("code").value);
      at("state").textContent = `${((performance.now() - began) / 1000).toFixed(2)} s`;
      document.body.dataset.done = String(Number(document.body.dataset.done ?? 0) + 1);
    }, 20);
  };
  at("run").disabled = false;
  at("state").textContent = "";
}

for (const [name, code] of Object.entries(EXAMPLES)) {
  const button = document.createElement("button");
  button.textContent = name;
  button.onclick = () => { at("code").value = code; if (!at("run").disabled) at("run").click(); };
  at("examples").append(button, " ");
}
at("code").value = EXAMPLES.neuron;
start().catch((error) => { at("state").textContent = `${error}`; });
