//! The plot: gas against time, both axes logarithmic, as SVG that follows the reader's light or dark colours.
//!
//! One mark for each main row. What is above the line of 100 Mgas/s takes longer than its price pays for. Prices are few,
//! so marks stand in columns; each column names its slowest operations.

mod labels;

use crate::{
    machine::Machine,
    report::{MGAS_PER_S, Row},
};
use std::fmt::Write as _;

const WIDTH: f64 = 1_180.0;
const HEIGHT: f64 = 720.0;

/// The area of the marks: left, top, right, bottom.
const LEFT: f64 = 70.0;
const TOP: f64 = 84.0;
const RIGHT: f64 = 1_020.0;
const BOTTOM: f64 = 660.0;

/// The ends of the axes, as powers of ten: gas, microseconds.
const GAS: (f64, f64) = (1.5, 7.0);
const MICROS: (f64, f64) = (-1.5, 3.7);

/// A mark's colour class, by precompile, and its name in the legend.
const SERIES: [(&str, &str, &str); 5] = [
    ("reference", "ref", "ecrecover, P256VERIFY"),
    ("0x0300", "mining", "0x0300 AI mining"),
    ("0x0AAA", "registry", "0x0AAA registry"),
    ("0x0AAB", "proofs", "0x0AAB proofs"),
    ("0x0AAC", "sync", "0x0AAC state sync"),
];

const STYLE: &str = "\
    .bg{fill:#fff}.t{fill:#24292f}.m{fill:#6e7781}.grid{stroke:#d8dee4;stroke-width:1}\
    .axis{stroke:#8c959f;stroke-width:1;fill:none}.line{stroke:#bc4c00;stroke-width:1.5;fill:none}\
    .over{fill:#bc4c00;fill-opacity:.06}.warn{fill:#bc4c00}.lead{stroke:#8c959f;stroke-width:.6}\
    .ref{fill:#24292f;stroke:#24292f}.mining{fill:#0969da;stroke:#0969da}.registry{fill:#8250df;stroke:#8250df}\
    .proofs{fill:#1a7f37;stroke:#1a7f37}.sync{fill:#bf3989;stroke:#bf3989}.ring{fill-opacity:0;stroke-width:1.6}\
    .dot{stroke-width:0;fill-opacity:.85}.cross{fill:none;stroke-width:1.6}\
    @media(prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.m{fill:#9198a1}.grid{stroke:#21262d}\
    .axis{stroke:#6e7681}.line{stroke:#f0883e}.over{fill:#f0883e}.warn{fill:#f0883e}.lead{stroke:#6e7681}\
    .ref{fill:#e6edf3;stroke:#e6edf3}.mining{fill:#58a6ff;stroke:#58a6ff}.registry{fill:#bc8cff;stroke:#bc8cff}\
    .proofs{fill:#3fb950;stroke:#3fb950}.sync{fill:#f778ba;stroke:#f778ba}}";

/// The plot of the main rows.
pub fn svg(rows: &[Row], machine: &Machine) -> String {
    let main: Vec<_> = rows.iter().filter(|row| row.is_main()).collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif\" font-size=\"11\" role=\"img\">\n\
         <title>Gas against time of every operation</title>\n<style>{STYLE}</style>\n\
         <rect class=\"bg\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    );
    heading(&mut svg, machine);
    axes(&mut svg);
    for row in &main {
        mark(&mut svg, row);
    }
    labels::write(&mut svg, &main);
    svg.push_str("</svg>\n");
    svg
}

fn x(gas: f64) -> f64 {
    LEFT + (gas.log10() - GAS.0) / (GAS.1 - GAS.0) * (RIGHT - LEFT)
}

fn y(micros: f64) -> f64 {
    BOTTOM - (micros.log10() - MICROS.0) / (MICROS.1 - MICROS.0) * (BOTTOM - TOP)
}

fn heading(svg: &mut String, machine: &Machine) {
    let _ = write!(
        svg,
        "<text class=\"t\" x=\"{LEFT}\" y=\"26\" font-size=\"16\" font-weight=\"600\">What a price buys: gas against time, \
         through the adapter for revm</text>\n<text class=\"m\" x=\"{LEFT}\" y=\"44\">{}</text>\n",
        escaped(&machine.line())
    );
    let mut at = LEFT;
    for (_, class, name) in SERIES {
        let _ = writeln!(
            svg,
            "<circle class=\"{class} dot\" cx=\"{:.0}\" cy=\"63\" r=\"4\"/>",
            at + 4.0
        );
        let _ = writeln!(
            svg,
            "<text class=\"t\" x=\"{:.0}\" y=\"67\">{name}</text>",
            at + 13.0
        );
        at += 34.0 + 6.1 * name.len() as f64;
    }
    for (shape, name) in [
        ("dot", "honest"),
        ("ring", "worst accepted"),
        ("cross", "worst rejected"),
    ] {
        let class = if shape == "dot" { "m" } else { "axis" };
        shape_at(svg, shape, class, at + 4.0, 63.0);
        let _ = writeln!(
            svg,
            "</g><text class=\"t\" x=\"{:.0}\" y=\"67\">{name}</text>",
            at + 13.0
        );
        at += 34.0 + 6.1 * name.len() as f64;
    }
}

/// Opens a group with a mark of this shape in it.
fn shape_at(svg: &mut String, shape: &str, class: &str, x: f64, y: f64) {
    let _ = match shape {
        "cross" => write!(
            svg,
            "<g><path class=\"{class} cross\" d=\"M{:.1} {:.1}l6 6m0 -6l-6 6\"/>",
            x - 3.0,
            y - 3.0
        ),
        "ring" => write!(
            svg,
            "<g><circle class=\"{class} ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
        ),
        _ => write!(
            svg,
            "<g><circle class=\"{class} dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.4\"/>"
        ),
    };
}

fn axes(svg: &mut String) {
    let line = |gas: f64| gas / MGAS_PER_S;
    let (low, high) = (
        10_f64.powf(GAS.0),
        (10_f64.powf(MICROS.1) * MGAS_PER_S).min(10_f64.powf(GAS.1)),
    );
    let _ = writeln!(
        svg,
        "<path class=\"over\" d=\"M{:.1} {:.1}L{:.1} {:.1}L{LEFT} {TOP}Z\"/>",
        x(low),
        y(line(low)),
        x(high),
        y(line(high))
    );
    for power in 2..=GAS.1 as i32 {
        let gas = 10_f64.powi(power);
        let at = x(gas);
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M{at:.1} {TOP}V{BOTTOM}\"/>");
        let name = [
            "",
            "",
            "100",
            "1,000",
            "10,000",
            "100,000",
            "1 million",
            "10 million",
        ][power as usize];
        let _ = writeln!(
            svg,
            "<text class=\"m\" x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{name}</text>",
            BOTTOM + 18.0
        );
    }
    for (power, name) in (-1..=3).zip(["0.1 µs", "1 µs", "10 µs", "100 µs", "1 ms"]) {
        let at = y(10_f64.powi(power));
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/>");
        let _ = writeln!(
            svg,
            "<text class=\"m\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(svg, "<path class=\"axis\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\"/>");
    let _ = writeln!(
        svg,
        "<path class=\"line\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
        x(low),
        y(line(low)),
        x(high),
        y(line(high))
    );
    let (at, angle) = (
        45.0,
        -(y(1.0) - y(10.0)).atan2(x(1_000.0) - x(100.0)).to_degrees(),
    );
    let _ = writeln!(
        svg,
        "<text class=\"warn\" font-weight=\"600\" transform=\"translate({:.1} {:.1}) rotate({angle:.2})\" y=\"-6\">\
         100 Mgas/s: above it, a price buys more time</text>",
        x(at),
        y(line(at))
    );
    let _ = writeln!(
        svg,
        "<text class=\"m\" x=\"{:.0}\" y=\"{}\" text-anchor=\"middle\">gas</text>",
        (LEFT + RIGHT) / 2.0,
        BOTTOM + 38.0
    );
}

fn mark(svg: &mut String, row: &Row) {
    let class = SERIES
        .iter()
        .find(|(name, ..)| *name == row.precompile)
        .map_or("ref", |series| series.1);
    let shape = match row.case.as_str() {
        "worst accepted" => "ring",
        "worst rejected" => "cross",
        _ => "dot",
    };
    shape_at(svg, shape, class, x(row.gas as f64), y(row.micros));
    let _ = writeln!(
        svg,
        "<title>{}: {} gas, {} µs, {} Mgas/s</title></g>",
        escaped(&row.name()),
        row.gas,
        row.micros,
        row.mgas_per_s
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
