
// Elements of the page. All text goes in as text: nothing here, nor anywhere else, reads markup.

function by_id(id) {
  return document.getElementById(id);
}

/// An element with these children: texts or elements.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((one) => (one instanceof Node ? one : document.createTextNode(String(one)))));
  return made;
}

function set_text(at, text) {
  if (at.textContent !== text) at.textContent = text;
}

const shown_rows = new WeakMap();   // of a table, as JSON
const shown_texts = new WeakMap();  // of a cell

/// Fills a table's body. A row is {cells: [text or {text, small}], name, share}: its class and, 0 to 1, its
/// bar. The first cell names the row. What stays as it is is not touched, so that a selection survives.
function fill_table(table, rows, columns, if_empty) {
  const body = table.tBodies[0];
  const now = JSON.stringify(rows);
  if (shown_rows.get(table) === now) return;
  shown_rows.set(table, now);
  if (rows.length === 0) {
    body.replaceChildren(element("tr", { class: "empty" }, element("td", { colspan: columns }, if_empty)));
    return;
  }
  if (body.rows.length !== rows.length || body.rows[0].className === "empty") {
    body.replaceChildren(...rows.map(() => element("tr")));
  }
  rows.forEach((row, at) => fill_row(body.rows[at], row, table.tHead.rows[0].cells));
}

function fill_row(into, { cells, name = "", share }, heads) {
  into.className = name;
  if (into.cells.length !== cells.length) {
    into.replaceChildren(...cells.map((_, at) => {
      if (at === 0) return element("th", { scope: "row" });
      return element("td", heads[at]?.className ? { class: heads[at].className } : {});
    }));
  }
  cells.forEach((cell, at) => fill_cell(into.cells[at], cell));
  if (is_number(share)) into.cells[0].style.setProperty("--share", `${Math.round(share * 100)}%`);
}

function fill_cell(into, cell) {
  const { text, small = "" } = typeof cell === "object" ? cell : { text: cell };
  const texts = JSON.stringify([text, small]);
  if (shown_texts.get(into) === texts) return;
  shown_texts.set(into, texts);
  into.replaceChildren(element("bdi", {}, text));
  if (small) into.append(element("small", {}, element("bdi", {}, small)));
}
