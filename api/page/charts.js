
// The charts, drawn by Chart.js in the colours of page.css. What they show stands in tables, too.

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/// A chart whose data are replaced now and then. Colours are names of page.css: `data` may have them in
/// borderColor and backgroundColor, alone or in arrays; they are looked up each time it is drawn.
class drawn_chart {
  #chart;
  #data = { labels: [], datasets: [] };

  constructor(canvas, type, options) {
    this.#chart = new Chart(canvas, {
      type,
      data: { labels: [], datasets: [] },
      options: { responsive: true, maintainAspectRatio: false, animation: false, ...options },
    });
    this.recolour();
    dark.addEventListener("change", () => this.recolour());
  }

  show(data) {
    this.#data = data;
    const { data: drawn } = this.#chart;
    drawn.labels = data.labels;
    drawn.datasets = data.datasets.map((one, at) => ({ ...drawn.datasets[at], ...one, ...this.#colours_of(one) }));
    this.#chart.update();
  }

  recolour() {
    for (const axis of Object.values(this.#chart.options.scales)) {
      axis.grid = { ...axis.grid, color: colour("line"), borderColor: colour("line") };
      axis.ticks = { ...axis.ticks, color: colour("quiet") };
      if (axis.title) axis.title.color = colour("quiet");
    }
    const { legend, tooltip } = this.#chart.options.plugins;
    legend.labels.color = colour("ink");
    Object.assign(tooltip, {
      backgroundColor: colour("ink"), titleColor: colour("card"), bodyColor: colour("card"), footerColor: colour("card"),
    });
    this.show(this.#data);
  }

  #colours_of(set) {
    const found = (name) => (Array.isArray(name) ? name.map(colour) : colour(name));
    const colours = {};
    for (const key of ["borderColor", "backgroundColor", "pointBackgroundColor"]) {
      if (set[key]) colours[key] = found(set[key]);
    }
    return colours;
  }
}

function set_chart_defaults() {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.datasets.bar.borderRadius = 3;
  Chart.defaults.datasets.bar.maxBarThickness = 28;
}

const no_legend = { legend: { display: false } };

/// Calls as bars, the rejection rate as a line over them.
function make_rate_chart(canvas) {
  return new drawn_chart(canvas, "bar", {
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 12 } },
      rate: {
        position: "left", min: 0, suggestedMax: 0.1, title: { display: true, text: "undeliverable" },
        ticks: { callback: (value) => percent(value).replace(".00", "") },
      },
      calls: {
        position: "right", min: 0, suggestedMax: 10, title: { display: true, text: "calls" },
        grid: { display: false }, ticks: { precision: 0, callback: (value) => short(value) },
      },
    },
    plugins: {
      legend: { position: "top", align: "end", labels: { boxWidth: 12, boxHeight: 12 } },
      tooltip: {
        callbacks: {
          label: ({ dataset, raw }) => `${dataset.label}: ${dataset.yAxisID === "rate" ? percent(raw) : whole(raw)}`,
        },
      },
    },
  });
}

/// One bar for each label, from left to right.
function make_bar_chart(canvas) {
  return new drawn_chart(canvas, "bar", {
    indexAxis: "y",
    scales: {
      x: { min: 0, suggestedMax: 10, ticks: { precision: 0, maxRotation: 0, autoSkipPadding: 12, callback: (value) => short(value) } },
      y: { grid: { display: false }, ticks: { autoSkip: false } },
    },
    plugins: { ...no_legend, tooltip: { callbacks: { label: ({ raw }) => whole(raw) } } },
  });
}

function make_latency_chart(canvas) {
  return new drawn_chart(canvas, "bar", {
    indexAxis: "y",
    scales: {
      x: {
        type: "logarithmic", ticks: {
          maxRotation: 0, autoSkipPadding: 8,
          callback: (value) => (Number.isInteger(Math.log10(value)) ? milliseconds(value) : ""),
        },
      },
      y: { grid: { display: false } },
    },
    plugins: {
      legend: { position: "top", align: "end", labels: { boxWidth: 12, boxHeight: 12 } },
      tooltip: { callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${milliseconds(raw)}` } },
    },
  });
}
