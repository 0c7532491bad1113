// A question in Chinese has no blanks: cut it into the longest words that the index knows.
var splitQuery = (query) => {
  const known = (word) => ["terms", "titleterms"].some((part) => Object.hasOwn(Search._index?.[part] ?? {}, word));
  const cut = (run) => {
    const words = [];
    for (let start = 0; start < run.length; ) {
      let end = run.length;
      while (end > start + 1 && !known(run.slice(start, end))) end--;
      if (end > start + 1) words.push(run.slice(start, end));
      start = end;
    }
    return words.length ? words : [run];
  };
  return (query.toLowerCase().match(/[\u4e00-\u9fff]+|[a-z0-9_]+/g) ?? []).flatMap((run) =>
    /[\u4e00-\u9fff]/.test(run) ? cut(run) : [run]);
};
