(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var language = data.language;
  var off = { classes: new Set(), properties: new Set() };
  var year = "", forecast = "all";
  var $ = function (id) { return document.getElementById(id); };

  // ---- words ----
  function say(key, values) {
    return (data.words[language][key] || key).replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }
  function best(names) { return names ? names[language] || names.zh || names.en || "" : ""; }
  function make(tag, text, cls) {
    var made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (cls) made.className = cls;
    return made;
  }
  function add(parent) {
    for (var i = 1; i < arguments.length; i++) if (arguments[i]) parent.appendChild(arguments[i]);
    return parent;
  }
  function property(fact) { return best(data.properties[fact.p].names); }
  function amount(fact) { return fact.r ? "#" + fact.r : fact.w || (fact.v ? fact.v + " " + (fact.u || "") : ""); }
  function short(fact) {
    var mark = fact.s && fact.s !== "Actual" ? "(" + best(fact.sn) + ")" : "";
    return [property(fact), fact.t, amount(fact), mark].filter(Boolean).join(" ");
  }

  // ---- graph ----
  var many = data.edges.length > 1500;
  var cy = cytoscape({
    container: $("graph"),
    elements: {
      nodes: data.nodes.map(function (n, i) {
        return { data: { id: "n" + i, i: i, label: best(n.n), color: data.classes[n.c[0]] ? data.classes[n.c[0]].color : "#ddd", w: n.w, h: n.h, seed: n.seed ? 1 : 0 }, position: { x: n.x, y: n.y } };
      }),
      edges: data.edges.map(function (e, i) {
        var fact = data.facts[e.f];
        return { data: { id: "e" + i, i: i, source: "n" + e.s, target: "n" + e.t, label: short(fact), color: fact.color, style: fact.k === "lexicon" || fact.s === "Forecast" ? "dashed" : "solid" } };
      })
    },
    layout: { name: "preset" },
    minZoom: 0.03, maxZoom: 4, textureOnViewport: many, hideEdgesOnViewport: many, boxSelectionEnabled: false,
    style: [
      { selector: "node", style: { shape: "round-rectangle", width: "data(w)", height: "data(h)", "background-color": "data(color)", "border-width": 1, "border-color": "#52606d", label: "data(label)", "font-size": 15, "font-family": '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif', color: "#1f2933", "text-valign": "center", "text-wrap": "wrap", "text-max-width": "data(w)", "text-overflow-wrap": "anywhere", "min-zoomed-font-size": 6 } },
      { selector: "node[seed = 1]", style: { "border-width": 3, "border-color": "#1f2933", "font-weight": "bold" } },
      { selector: "edge", style: { width: 1.4, "line-color": "data(color)", "target-arrow-color": "data(color)", "target-arrow-shape": "triangle", "line-style": "data(style)", "curve-style": many ? "straight" : "bezier", label: "data(label)", "font-size": 10, color: "#52606d", "text-background-color": "#fff", "text-background-opacity": 0.85, "text-background-padding": 1, "min-zoomed-font-size": 8 } },
      { selector: "node.small", style: { label: "" } },
      { selector: "node.map", style: { label: "data(label)", "font-size": "data(size)", "min-zoomed-font-size": 0, "text-wrap": "none", "text-background-color": "#fff", "text-background-opacity": 0.75, "text-background-padding": "data(pad)", "z-index": 5 } },
      { selector: ".hidden", style: { display: "none" } },
      { selector: ".faded", style: { opacity: 0.18 } },
      { selector: "node.chosen", style: { "border-width": 4, "border-color": "#2563ab" } },
      { selector: "edge.chosen", style: { width: 4, "z-index": 9 } }
    ]
  });
  window.suantu = { cy: cy, data: data };

  // ---- far out, only the names of the best connected things are shown, as on a map: readable, none over another ----
  var READABLE = 9, MAP = 12;
  var ranked = cy.nodes().toArray().sort(function (a, b) { return b.data("seed") - a.data("seed") || b.degree() - a.degree() || a.data("i") - b.data("i"); });
  function columns(text) { return Array.from(text).reduce(function (sum, c) { return sum + (c > "\u2e7f" ? 1 : 0.6); }, 0); }
  function label() {
    var scale = cy.zoom(), far = 15 * scale < READABLE, taken = [];
    cy.batch(function () {
      ranked.forEach(function (node) {
        var on = far && !node.hasClass("hidden"), at = node.position(), half = columns(node.data("label")) * MAP * 0.52 + 3;
        var x = at.x * scale, y = at.y * scale;
        on = on && !taken.some(function (t) { return Math.abs(t[0] - x) < t[2] + half && Math.abs(t[1] - y) < MAP * 1.5; });
        if (on) { taken.push([x, y, half]); node.data({ size: MAP / scale, pad: 1 / scale }); }
        node.toggleClass("small", far && !on).toggleClass("map", on);
      });
    });
  }
  var waiting = 0;
  function relabel() { clearTimeout(waiting); waiting = setTimeout(label, 60); }
  cy.on("zoom resize", relabel);
  cy.on("dragfree", "node", relabel);

  // ---- filters ----
  function passes(fact) {
    if (off.properties.has(fact.p)) return false;
    if (fact.k !== "figure" && fact.k !== "rank") return true;
    if (year && fact.y !== year) return false;
    return forecast === "all" || (fact.s === "Forecast") === (forecast === "only");
  }
  function dated(fact) { return fact.k === "figure" || fact.k === "rank"; }
  function apply() {
    var narrow = year || forecast === "only";
    var shown = data.nodes.map(function (n) { return n.c.length === 0 || n.c.some(function (c) { return !off.classes.has(c); }); });
    var told = narrow ? data.nodes.map(function (n) { return n.f.some(function (f) { return passes(data.facts[f]); }); }) : null;
    if (told) data.edges.forEach(function (e) { var f = data.facts[e.f]; if (dated(f) && passes(f)) told[e.s] = told[e.t] = true; });
    var visible = function (i) { return shown[i] && (!told || told[i]); };
    var edges = 0, nodes = 0;
    cy.batch(function () {
      cy.nodes().forEach(function (n) { var on = visible(n.data("i")); nodes += on ? 1 : 0; n.toggleClass("hidden", !on); });
      cy.edges().forEach(function (e) {
        var edge = data.edges[e.data("i")];
        var on = visible(edge.s) && visible(edge.t) && passes(data.facts[edge.f]);
        edges += on ? 1 : 0;
        e.toggleClass("hidden", !on);
      });
    });
    $("shown").textContent = say("shown", { n: nodes, m: edges });
    relabel();
  }
  function boxes(id, all, set, count) {
    var parent = $(id);
    parent.textContent = "";
    var keys = Object.keys(all).filter(function (k) { return count[k]; });
    keys.sort(function (a, b) { return count[b] - count[a] || (a < b ? -1 : 1); });
    keys.forEach(function (key) {
      var box = make("input"), swatch = null;
      box.type = "checkbox"; box.checked = !set.has(key); box.value = key;
      box.addEventListener("change", function () { if (box.checked) set.delete(key); else set.add(key); apply(); });
      if (all[key].color) { swatch = make("span", "", "swatch"); swatch.style.backgroundColor = all[key].color; }
      add(parent, add(make("label"), box, swatch, make("span", best(all[key].names) || key), make("small", count[key])));
    });
    var both = $(id + "-both");
    both.textContent = "";
    [["all", false], ["none", true]].forEach(function (pair) {
      var button = make("button", say(pair[0]));
      button.type = "button";
      button.addEventListener("click", function () { keys.forEach(function (k) { if (pair[1]) set.add(k); else set.delete(k); }); boxes(id, all, set, count); apply(); });
      add(both, button);
    });
  }
  function choices(id, pairs, value) {
    var parent = $(id);
    parent.textContent = "";
    pairs.forEach(function (pair) { var option = make("option", pair[1]); option.value = pair[0]; add(parent, option); });
    parent.value = value;
  }
  var counts = { classes: {}, properties: {} };
  data.nodes.forEach(function (n) { n.c.forEach(function (c) { counts.classes[c] = (counts.classes[c] || 0) + 1; }); });
  data.facts.forEach(function (f) { counts.properties[f.p] = (counts.properties[f.p] || 0) + 1; });
  var years = Array.from(new Set(data.facts.map(function (f) { return f.y; }).filter(Boolean))).sort();

  // ---- details ----
  function button(text, cls, act) {
    var made = make("button", text, cls);
    made.type = "button";
    made.addEventListener("click", act);
    return add(make("li"), made);
  }
  function marked(parent, text, names) {
    names = names.filter(Boolean).sort(function (a, b) { return b.length - a.length; });
    var low = text.toLowerCase(), at = 0;
    while (at < text.length) {
      var next = -1, name = "";
      names.forEach(function (n) { var i = low.indexOf(n.toLowerCase(), at); if (i >= 0 && (next < 0 || i < next)) { next = i; name = n; } });
      if (next < 0) { add(parent, document.createTextNode(text.slice(at))); return; }
      add(parent, document.createTextNode(text.slice(at, next)), make("b", text.slice(next, next + name.length)));
      at = next + name.length;
    }
  }
  function called(i) { var n = data.nodes[i]; return [n.n.zh, n.n.en].concat(n.a); }
  function quotes(parent, fact, names) {
    if (!fact.q.length) add(parent, make("p", say("no_quote"), "muted"));
    fact.q.forEach(function (q) {
      var words = make("mark");
      marked(words, q.w, names.concat([fact.w]));
      var where = [q.d, q.p ? say("page", { n: q.p }) : q.s].filter(Boolean).join(" · ");
      add(parent, add(make("blockquote"), make("span", q.b, "around"), words, make("span", q.a, "around"), make("cite", where)));
    });
  }
  function factLines(parent, fact) {
    var lines = [[say("confidence"), fact.c], [say("source"), best(fact.by)], ["", best(fact.pl)]];
    lines.forEach(function (line) { if (line[1]) add(parent, make("p", (line[0] ? line[0] + ": " : "") + line[1], "muted")); });
  }
  function panel(title, sub) {
    var parent = $("details");
    parent.textContent = "";
    return add(parent, make("h2", title), sub ? make("div", sub, "muted") : null);
  }
  function again() {
    if (current) { current(); return; }
    var parent = panel(data.title, say("hint"));
    if (data.omitted) add(parent, make("p", say("omitted", { n: data.omitted }), "muted"));
  }
  var current = null;
  function choose(element) {
    cy.elements().removeClass("chosen faded");
    element.addClass("chosen");
    var near = element.isNode() ? element.closedNeighborhood() : element.union(element.connectedNodes());
    cy.elements().not(near).addClass("faded");
  }
  function showNode(i) {
    var node = data.nodes[i];
    choose(cy.getElementById("n" + i));
    current = function () {
      var classes = node.c.map(function (c) { return best(data.classes[c].names) || c; }).join(" · ");
      var parent = panel(best(node.n), classes);
      var other = [node.n.zh, node.n.en].concat(node.a).filter(function (n, k, all) { return n && n !== best(node.n) && all.indexOf(n) === k; });
      if (other.length) add(parent, make("p", say("aliases") + ": " + other.join(", "), "muted"));
      var figures = make("ul"), relations = make("ul");
      node.f.forEach(function (f) {
        var fact = data.facts[f];
        if (passes(fact)) add(figures, button([short(fact), best(fact.pl)].filter(Boolean).join(" · "), fact.s === "Forecast" ? "forecast" : "", function () { showFact(fact, i, -1); }));
      });
      data.edges.forEach(function (e, k) {
        var fact = data.facts[e.f];
        if ((e.s !== i && e.t !== i) || fact.k === "figure" && e.s === i || !passes(fact)) return;
        var text = e.s === i ? short(fact) + " → " + best(data.nodes[e.t].n) : best(data.nodes[e.s].n) + " → " + short(fact);
        add(relations, button(text, "", function () { showEdge(k); }));
      });
      if (figures.childNodes.length) add(parent, make("h3", say("figures")), figures);
      if (relations.childNodes.length) add(parent, make("h3", say("relations")), relations);
    };
    current();
  }
  function ends(parent, s, t) {
    var list = make("ul");
    [s, t].forEach(function (i) { if (i >= 0) add(list, button(best(data.nodes[i].n), "", function () { showNode(i); centre(i); })); });
    add(parent, list);
  }
  function showFact(fact, s, t) {
    current = function () {
      var parent = panel([best(data.nodes[s].n), short(fact), t >= 0 ? best(data.nodes[t].n) : ""].filter(Boolean).join(" — "), say(fact.s === "Forecast" ? "forecast" : fact.k));
      quotes(parent, fact, called(s).concat(t >= 0 ? called(t) : []));
      factLines(parent, fact);
      ends(parent, s, t);
    };
    current();
  }
  function showEdge(i) {
    var edge = data.edges[i];
    choose(cy.getElementById("e" + i));
    showFact(data.facts[edge.f], edge.s, edge.t);
  }
  function close() {
    current = null;
    cy.elements().removeClass("chosen faded");
    again();
  }
  function centre(i) { cy.animate({ center: { eles: cy.getElementById("n" + i) }, zoom: Math.max(cy.zoom(), 0.9) }, { duration: 200 }); }
  cy.on("tap", "node", function (event) { showNode(event.target.data("i")); });
  cy.on("tap", "edge", function (event) { showEdge(event.target.data("i")); });
  cy.on("tap", function (event) { if (event.target === cy) close(); });

  // ---- search ----
  var found = [], at = -1;
  function folded(text) { return text.normalize("NFKC").toLowerCase(); }
  var names = data.nodes.map(function (n) { return [n.n.zh, n.n.en].concat(n.a).filter(Boolean).map(folded); });
  function look() {
    var text = folded($("search").value.trim());
    found = [];
    if (text) {
      names.forEach(function (own, i) {
        var score = Math.min.apply(null, own.map(function (n) { var k = n.indexOf(text); return k < 0 ? 9999 : k * 10 + n.length - text.length; }));
        if (score < 9999) found.push([score, i]);
      });
      found.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    }
    at = found.length ? 0 : -1;
    list(text);
  }
  function list(text) {
    var parent = $("results");
    parent.textContent = "";
    found.slice(0, 30).forEach(function (pair, k) {
      var node = data.nodes[pair[1]], item = make("li", best(node.n));
      item.id = "r" + k;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(k === at));
      add(item, make("small", best((data.classes[node.c[0]] || {}).names)));
      item.addEventListener("mousedown", function (event) { event.preventDefault(); pick(k); });
      add(parent, item);
    });
    parent.hidden = !found.length;
    $("search").setAttribute("aria-expanded", String(found.length > 0));
    if (at >= 0) $("search").setAttribute("aria-activedescendant", "r" + at); else $("search").removeAttribute("aria-activedescendant");
    if (text) $("shown").textContent = say("found", { n: found.length });
  }
  function pick(k) {
    if (!found[k]) return;
    var i = found[k][1];
    off.classes.forEach(function (c) { if (data.nodes[i].c.indexOf(c) >= 0) off.classes.delete(c); });
    found = []; at = -1; list("");
    apply();
    boxes("classes", data.classes, off.classes, counts.classes);
    cy.getElementById("n" + i).removeClass("hidden");
    showNode(i);
    centre(i);
    $("details").focus();
  }
  $("search").addEventListener("input", look);
  $("search").addEventListener("blur", function () { found = []; list(""); });
  $("search").addEventListener("keydown", function (event) {
    var last = Math.min(found.length, 30) - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at = Math.max(0, Math.min(last, at + (event.key === "ArrowDown" ? 1 : -1)));
      list("");
      event.preventDefault();
    } else if (event.key === "Enter") { pick(at); } else if (event.key === "Escape") { $("search").value = ""; look(); }
  });

  // ---- keys, buttons, language ----
  function zoom(by) { cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }); }
  function fit() { cy.fit(cy.elements().not(".hidden"), 30); }
  $("zoom-in").addEventListener("click", function () { zoom(1.3); });
  $("zoom-out").addEventListener("click", function () { zoom(1 / 1.3); });
  $("fit").addEventListener("click", fit);
  $("year").addEventListener("change", function () { year = $("year").value; apply(); again(); });
  $("forecast").addEventListener("change", function () { forecast = $("forecast").value; apply(); again(); });
  $("language").addEventListener("click", function () { language = language === "zh" ? "en" : "zh"; speak(); });
  var step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  $("graph").addEventListener("keydown", function (event) {
    if (step[event.key]) { cy.panBy({ x: step[event.key][0], y: step[event.key][1] }); event.preventDefault(); }
    if (event.key === "+" || event.key === "=") zoom(1.2);
    if (event.key === "-") zoom(1 / 1.2);
    if (event.key === "0") fit();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && document.activeElement.tagName !== "INPUT") { $("search").focus(); event.preventDefault(); }
    if (event.key === "Escape" && document.activeElement !== $("search")) close();
  });
  function speak() {
    document.documentElement.lang = language;
    $("search").placeholder = say("search");
    $("search").setAttribute("aria-label", say("search"));
    $("results").setAttribute("aria-label", say("search"));
    $("graph").setAttribute("aria-label", say("graph"));
    $("details").setAttribute("aria-label", say("facts"));
    ["classes", "properties"].forEach(function (id) { $(id + "-title").textContent = say(id); boxes(id, data[id], off[id], counts[id]); });
    $("year-title").textContent = say("year");
    $("forecast-title").textContent = say("forecasts");
    choices("year", [["", say("all_years")]].concat(years.map(function (y) { return [y, y]; })), year);
    choices("forecast", ["all", "only", "none"].map(function (k) { return [k, say("forecast_" + k)]; }), forecast);
    [["zoom-in", "zoom_in"], ["zoom-out", "zoom_out"], ["fit", "fit"]].forEach(function (pair) { $(pair[0]).setAttribute("aria-label", say(pair[1])); $(pair[0]).title = say(pair[1]); });
    $("language").textContent = language === "zh" ? "English" : "中文";
    $("language").setAttribute("lang", language === "zh" ? "en" : "zh");
    $("licence").textContent = say("licence");
    cy.batch(function () {
      cy.nodes().forEach(function (n) { n.data("label", best(data.nodes[n.data("i")].n)); });
      cy.edges().forEach(function (e) { e.data("label", short(data.facts[data.edges[e.data("i")].f])); });
    });
    apply();
    again();
  }
  speak();
  fit();
})();
