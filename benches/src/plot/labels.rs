//! The names of marks: of the slowest operations at each price, put where they cover the least.

use super::{BOTTOM, LEFT, TOP, WIDTH, escaped, x, y};
use crate::report::{MGAS_PER_S, Row};
use std::fmt::Write as _;

/// How many names a price has, and how many where one of its operations is above the line.
const NAMES: usize = 3;
const NAMES_ABOVE: usize = 6;

/// The price of the one row that is alone at its price and has a name all the same.
const P256VERIFY_GAS: u64 = 6_900;

/// The size of a letter, and the distance of a name from its mark.
const LETTER: (f64, f64) = (5.3, 11.0);
const GAP: f64 = 8.0;

/// Half the size of a mark.
const MARK: f64 = 4.0;

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy)]
struct Box(f64, f64, f64, f64);

impl Box {
    fn covers(self, other: Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn is_inside(self) -> bool {
        self.0 > LEFT && self.1 > TOP && self.2 < WIDTH - 4.0 && self.3 < BOTTOM
    }
}

/// Writes the names.
pub(super) fn write(svg: &mut String, main: &[&Row]) {
    let marks: Vec<_> = main
        .iter()
        .map(|row| {
            let (x, y) = (x(row.gas as f64), y(row.micros));
            Box(x - MARK, y - MARK, x + MARK, y + MARK)
        })
        .chain(line())
        .collect();
    let mut names: Vec<Box> = Vec::new();
    for row in chosen(main) {
        let name = short(row);
        let mark = (x(row.gas as f64), y(row.micros));
        let cost = |place: &Box| {
            let over = |others: &[Box]| others.iter().filter(|other| place.covers(**other)).count() as f64;
            let distance = (place.1 + place.3) / 2.0 - mark.1;
            50.0 * over(&names) + 8.0 * over(&marks) + distance.abs() / 4.0
        };
        let places = places(&name, mark);
        let best = places.min_by(|one, other| cost(&one.0).total_cmp(&cost(&other.0)));
        // A name over another one is no use.
        let Some((place, right)) = best.filter(|(place, _)| cost(place) < 45.0) else {
            continue;
        };
        names.push(place);
        write_one(svg, &name, mark, place, right);
    }
}

/// What is taken up by the line and by what is written along its lower end.
fn line() -> impl Iterator<Item = Box> {
    (30..=120).map(|step| {
        let gas = 10_f64.powf(f64::from(step) / 20.0);
        let (x, y) = (x(gas), y(gas / MGAS_PER_S));
        let height = if gas < 1_500.0 { 16.0 } else { 4.0 };
        Box(x - 5.0, y - height, x + 5.0, y + 2.0)
    })
}

/// The rows that have a name, those above the line first.
fn chosen<'r>(main: &[&'r Row]) -> Vec<&'r Row> {
    let mut prices: Vec<_> = main.iter().map(|row| row.gas).collect();
    prices.sort_unstable();
    // Prices that depend on an input's length are many: only those of the longest have names.
    let flat = |gas: &u64| {
        *gas == P256VERIFY_GAS || prices.iter().filter(|price| *price == gas).count() > 2 || *gas > 1_000_000
    };
    let mut unique: Vec<_> = prices.iter().copied().filter(flat).collect();
    unique.dedup();
    let mut chosen: Vec<&Row> = Vec::new();
    for gas in unique {
        let mut column: Vec<_> = main.iter().copied().filter(|row| row.gas == gas).collect();
        column.sort_by(|one, other| other.micros.total_cmp(&one.micros));
        let above = column.first().is_some_and(|row| row.mgas_per_s < MGAS_PER_S);
        let most = if above { NAMES_ABOVE } else { NAMES };
        let mut named: Vec<&Row> = Vec::new();
        for row in column {
            if named.len() < most && named.iter().all(|other| short(other) != short(row)) {
                named.push(row);
            }
        }
        chosen.extend(named);
    }
    chosen.sort_by(|one, other| one.mgas_per_s.total_cmp(&other.mgas_per_s));
    chosen
}

/// Where a name could be: beside its mark, on the right or on the left, and whether it is the right.
fn places(name: &str, (x, y): (f64, f64)) -> impl Iterator<Item = (Box, bool)> {
    let width = LETTER.0 * name.chars().count() as f64;
    let steps = (-14..=14).map(|step| f64::from(step) * 4.0);
    steps
        .flat_map(move |step| {
            let (top, bottom) = (y + step - LETTER.1 / 2.0, y + step + LETTER.1 / 2.0);
            [
                (Box(x + GAP, top, x + GAP + width, bottom), true),
                (Box(x - GAP - width, top, x - GAP, bottom), false),
            ]
        })
        .filter(|(place, _)| place.is_inside())
}

fn write_one(svg: &mut String, name: &str, (x, y): (f64, f64), place: Box, right: bool) {
    let middle = (place.1 + place.3) / 2.0;
    let (edge, anchor) = if right {
        (place.0, "start")
    } else {
        (place.2, "end")
    };
    if (middle - y).abs() > 5.0 {
        let from = if right { x + MARK } else { x - MARK };
        let to = if right { edge - 1.0 } else { edge + 1.0 };
        let _ = writeln!(
            svg,
            "<path class=\"lead\" d=\"M{from:.1} {y:.1}L{to:.1} {middle:.1}\"/>"
        );
    }
    let _ = writeln!(
        svg,
        "<text class=\"t\" font-size=\"10\" x=\"{edge:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
        middle + 3.5,
        escaped(name)
    );
}

/// Operation and variant, without what is the same in all of a column.
fn short(row: &Row) -> String {
    let variant = row.variant.split(", ").next().unwrap_or_default();
    match row.operation.as_str() {
        "VerifyMLDSA" => variant.to_owned(),
        operation => format!("{operation} {variant}").trim_end().to_owned(),
    }
}
