"use strict";
// The explorer. What the graph says goes into the page as text only, never as markup.
const WORDS = {
  en: { questions: "Questions", search: "A name, an alias, pinyin …", documents: "Documents", things: "Things", relations: "Relations", figures: "Figures", ranks: "Rankings", relation: "relation", thing: "thing", source: "source", metric: "metric", period: "period", value: "value", place: "place", of: "of", status: "status", by: "said by", ranking: "ranking", rank: "rank", why: "why", rule: "rule", confidence: "confidence", close: "Close", run: "Run", nothing: "Nothing found.", passages: "passages", ontology: "ontology", inferred: "inferred", title: "title", issued: "issued", publisher: "publisher", facts: "facts", rows: "rows", results: "Found", other: "中文", needed: "needed", same: "same as", class: "class" },
  zh: { questions: "问题", search: "名称、别名、拼音……", documents: "文档", things: "对象", relations: "关系", figures: "数字", ranks: "榜单", relation: "关系", thing: "对象", source: "出处", metric: "指标", period: "时间", value: "数值", place: "地点", of: "其中", status: "状态", by: "来源机构", ranking: "榜单", rank: "名次", why: "依据", rule: "规则", confidence: "把握", close: "关闭", run: "运行", nothing: "没有结果。", passages: "处原文", ontology: "词表", inferred: "推断", title: "标题", issued: "日期", publisher: "发布者", facts: "事实", rows: "行", results: "找到", other: "English", needed: "必填", same: "同一对象", class: "类别" },
};
let language = localStorage.getItem("suantu.language") || (navigator.language.startsWith("zh") ? "zh" : "en");
const main = document.getElementById("main");
const word = (key) => WORDS[language][key];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick" || name === "onsubmit") node.addEventListener(name.slice(2), value);
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

async function api(name, parameters = {}) {
  const answer = await fetch(`api/${name}?${new URLSearchParams({ ...parameters, lang: language })}`);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

const link = (iri, label) => make("a", { href: `#thing=${encodeURIComponent(iri)}` }, label || iri);

function table(heads, rows) {
  const kept = heads.map((_, i) => rows.some((row) => row[i] !== "" && row[i] !== null && row[i] !== undefined));
  const cells = (row) => row.filter((_, i) => kept[i]).map((cell) =>
    make("td", typeof cell === "string" && /^[<>=~]*-?[\d,.]+( ?\S+)?$/.test(cell) ? { class: "number" } : {}, cell ?? ""));
  return make("div", { class: "wide" }, make("table", {},
    make("thead", {}, make("tr", {}, ...heads.filter((_, i) => kept[i]).map((head) => make("th", {}, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row))))));
}

function amount(figure) {
  const number = /^-?\d+(\.\d+)?$/.test(figure.value) ? Number(figure.value).toLocaleString("en", { maximumFractionDigits: 4 }) : figure.value;
  const unit = figure.unit === "percent" ? "%" : figure.unit ? ` ${figure.unit}` : "";
  return `${figure.bound === "=" ? "" : figure.bound}${number}${unit}`;
}

function source(fact) {
  if (!fact.fact) return word(fact.origin) || fact.origin || "";
  const text = fact.source ? [fact.source.title, fact.source.page || fact.source.section].filter(Boolean).join(" · ") : word("why");
  return make("a", { href: location.hash, onclick: (event) => { event.preventDefault(); why(fact.fact); } }, text);
}

async function why(fact) {
  const dialog = document.getElementById("why");
  const reason = await api("why", { fact });
  dialog.replaceChildren(
    ...reason.quotes.flatMap((quote) => [
      make("p", { class: "soft" }, [quote.title, quote.section, quote.page && `p. ${quote.page}`].filter(Boolean).join(" · ")),
      make("blockquote", {}, quote.before, make("mark", {}, quote.words), quote.after)]),
    make("p", { class: "soft" }, `${word("rule")}: ${reason.rules.join(", ")} · ${word("confidence")}: ${reason.confidence}`),
    make("button", { type: "button", onclick: () => dialog.close() }, word("close")));
  dialog.showModal();
}

async function overview() {
  const found = await api("overview");
  return [
    make("h2", {}, word("things")),
    make("div", { class: "tiles" }, ...found.classes.map((one) => make("a", { href: `#class=${encodeURIComponent(one.iri.split("#").pop())}` }, `${one.label} `, make("span", { class: "soft" }, String(one.n))))),
    make("h2", {}, word("documents")),
    table([word("title"), word("issued"), word("publisher"), word("facts")], found.documents.map((d) => [d.title || d.iri, d.issued, d.publisher, String(d.facts)])),
  ];
}

async function results(text) {
  const hits = await api("find", { q: text });
  return [make("h1", {}, `${word("results")}: ${text}`), hits.length ? table([word("thing"), word("class"), ""], hits.map((hit) => [link(hit.iri, hit.label), hit.class, hit.name === hit.label ? "" : hit.name])) : make("p", {}, word("nothing"))];
}

async function members(cls) {
  const found = await api("members", { class: cls });
  return [make("h1", {}, cls), found.length ? table([word("thing"), word("passages")], found.map((one) => [link(one.iri, one.label), String(one.n)])) : make("p", {}, word("nothing"))];
}

async function thing(iri) {
  const card = await api("thing", { name: iri });
  const relations = card.relations.map((r) => r.subject === card.iri
    ? [`${r.predicateLabel} →`, link(r.object, r.objectLabel), source(r)]
    : [`← ${r.predicateLabel}`, link(r.subject, r.subjectLabel), source(r)]);
  const figures = card.figures.map((f) => [f.metricLabel, f.period, amount(f), f.placeLabel, f.withinLabel, f.statusLabel, f.said_byLabel, source(f)]);
  const ranks = card.ranks.map((r) => [r.ranking, r.period, r.rank, r.placeLabel, source(r)]);
  const others = card.names.filter((name) => name !== card.label);
  return [
    make("h1", {}, card.label, " ", make("span", { class: "soft" }, card.id)),
    make("p", { class: "soft" }, [card.classes.join(", "), others.join(", "), `${card.mentions} ${word("passages")}`].filter(Boolean).join(" · ")),
    card.sameAs.length ? make("p", { class: "soft" }, `${word("same")}: ${card.sameAs.join(", ")}`) : null,
    ...(relations.length ? [make("h2", {}, word("relations")), table([word("relation"), word("thing"), word("source")], relations)] : []),
    ...(figures.length ? [make("h2", {}, word("figures")), table([word("metric"), word("period"), word("value"), word("place"), word("of"), word("status"), word("by"), word("source")], figures)] : []),
    ...(ranks.length ? [make("h2", {}, word("ranks")), table([word("ranking"), word("period"), word("rank"), word("place"), word("source")], ranks)] : []),
  ];
}

function answer(found) {
  const cell = (one) => (one === null ? "" : one.iri ? link(one.iri, one.label) : one.value);
  return [make("p", { class: "soft" }, `${found.rows.length} ${word("rows")}`), found.rows.length ? table(found.columns, found.rows.map((row) => row.map(cell))) : make("p", {}, word("nothing"))];
}

async function questions() {
  const found = await api("questions");
  return [make("h1", {}, word("questions")), table(["", ""], found.map((q) => [make("a", { href: `#question=${q.name}` }, q.title), q.description]))];
}

async function question(name) {
  const asked = (await api("questions")).find((q) => q.name === name);
  if (!asked) throw new Error(name);
  const out = make("div", {});
  const run = async (event) => {
    if (event) event.preventDefault();
    await into(out, async () => answer(await api("question", { question: name, ...Object.fromEntries(new FormData(form)) })));
  };
  const form = make("form", { class: "ask", onsubmit: run },
    ...asked.parameters.map((p) => make("label", {}, `${p.name} – ${p.description}`, make("input", { name: p.name, placeholder: p.default === null ? word("needed") : p.default === "*" ? "" : p.default, ...(p.default === null ? { required: "" } : {}) }))),
    make("button", {}, word("run")));
  if (asked.parameters.every((p) => p.default !== null)) run();
  return [make("h1", {}, asked.title), make("p", { class: "soft" }, asked.description), form, out];
}

function sparql() {
  const text = make("textarea", { spellcheck: "false", "aria-label": "SPARQL" });
  text.value = sessionStorage.getItem("suantu.query") || "SELECT ?maker ?chip WHERE {\n  ?maker st:makes ?chip .\n  ?chip a st:Chip\n} LIMIT 50";
  const out = make("div", {});
  const run = async (event) => {
    event.preventDefault();
    sessionStorage.setItem("suantu.query", text.value);
    await into(out, async () => answer(await api("select", { query: text.value })));
  };
  return [make("h1", {}, "SPARQL"), make("form", { onsubmit: run }, text, make("button", {}, word("run"))), out];
}

async function into(place, work) {
  place.setAttribute("aria-busy", "true");
  try {
    place.replaceChildren(...(await work()).filter(Boolean));
  } catch (error) {
    place.replaceChildren(make("p", { class: "error" }, error.message));
  }
  place.removeAttribute("aria-busy");
}

function show() {
  const [page, rest] = location.hash.slice(1).split(/=(.*)/s);
  const value = decodeURIComponent(rest || "");
  const pages = { thing, question, questions, sparql, class: members, find: results };
  into(main, async () => (pages[page] || overview)(value));
}

function speak() {
  document.documentElement.lang = language;
  document.getElementById("text").placeholder = word("search");
  document.getElementById("text").setAttribute("aria-label", word("search"));
  document.getElementById("language").textContent = word("other");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
}

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("text").value.trim();
  if (text) location.hash = `find=${encodeURIComponent(text)}`;
});
document.getElementById("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("suantu.language", language);
  speak();
  show();
});
window.addEventListener("hashchange", show);
speak();
show();
