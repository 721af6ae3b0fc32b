//! The tables: for people at a terminal, and for `docs/performance.md`.

use crate::{
    machine::Machine,
    report::{MGAS_PER_S, Row},
    subject::{Backend, Path},
};
use std::fmt::Write as _;

/// Between these lines of a file the tables are; everything else is written by hand.
pub const BEGIN: &str = "<!-- aivm bench: begin -->";
/// See [`BEGIN`].
pub const END: &str = "<!-- aivm bench: end -->";

/// The columns of a table at a terminal; those marked `>` are aligned to the right.
const COLUMNS: [&str; 8] = [
    "",
    "case",
    ">gas",
    ">µs",
    ">p10–p90",
    ">Mgas/s",
    ">× ecrecover",
    ">bare µs",
];

/// What is measured and how, in one paragraph each.
pub fn legend(machine: &Machine) -> String {
    format!(
        "{}.\nThrough the adapter for revm, every slot cold; `bare µs` is without an EVM. Mgas/s is what the price pays \
         for, and is marked below {MGAS_PER_S:.0}. ecrecover and P256VERIFY are revm's, by libsecp256k1 and AWS-LC.",
        machine.line()
    )
}

/// A table for a terminal.
pub fn text(rows: &[Row], machine: &Machine) -> String {
    let main = rows
        .iter()
        .filter(|row| row.is_main())
        .map(|row| cells(row, rows));
    let mut text = aligned(&COLUMNS, &main.collect::<Vec<_>>());
    for (backend, title) in OTHERS {
        let others: Vec<_> = of(rows, backend).map(|row| cells(row, rows)).collect();
        if !others.is_empty() {
            let _ = write!(text, "\n\n{title}:\n{}", aligned(&COLUMNS, &others));
        }
    }
    let _ = write!(text, "\n\n{}", legend(machine));
    text
}

/// The backends that have tables of their own, and the titles of these.
const OTHERS: [(Backend, &str); 2] = [
    (Backend::Portable, "ML-DSA without AVX-512"),
    (Backend::RustCrypto, "In Rust alone"),
];

/// The rows of a backend.
fn of(rows: &[Row], backend: Backend) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| row.backend == backend)
}

fn cells(row: &Row, rows: &[Row]) -> Vec<String> {
    let mark = if row.is_below() && !row.is_reference() {
        " <"
    } else {
        ""
    };
    vec![
        format!("{} {}", row.operation, row.variant).trim_end().to_owned(),
        row.case.clone(),
        grouped(row.gas),
        number(row.micros),
        format!("{}–{}", number(row.p10), number(row.p90)),
        format!("{}{mark}", number(row.mgas_per_s)),
        number(row.ratio_to_ecrecover),
        bare(row, rows).map(number).unwrap_or_default(),
    ]
}

/// What a row takes without an EVM.
fn bare(row: &Row, rows: &[Row]) -> Option<f64> {
    let key = row.key();
    let same = |other: &&Row| other.key() == (key.0, key.1, key.2, key.3, Path::Bare, key.5);
    rows.iter().find(same).map(|row| row.micros)
}

fn aligned(headings: &[&str], rows: &[Vec<String>]) -> String {
    let titles: Vec<_> = headings
        .iter()
        .map(|title| title.trim_start_matches('>').to_owned())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&titles]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            match headings[column].starts_with('>') {
                true => format!("{cell:>width$}"),
                false => format!("{cell:width$}"),
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    [&titles]
        .into_iter()
        .chain(rows)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The tables of `docs/performance.md`, without the lines around them.
pub fn markdown(rows: &[Row], machine: &Machine, plot: Option<&str>) -> String {
    let mut text = format!("Measured on {}.\n", machine.line());
    if let Some(plot) = plot {
        let _ = write!(
            text,
            "\n![Gas against time, with the line of 100 Mgas/s]({plot})\n"
        );
    }
    for (title, precompile) in [
        ("The client's own", "reference"),
        ("`0x0300`: AI mining", "0x0300"),
        ("`0x0AAA`: the attestation registry", "0x0AAA"),
        ("`0x0AAB`: Merkle proofs", "0x0AAB"),
        ("`0x0AAC`: state sync", "0x0AAC"),
    ] {
        let main: Vec<_> = rows
            .iter()
            .filter(|row| row.is_main() && row.precompile == precompile)
            .collect();
        if !main.is_empty() {
            let _ = write!(text, "\n### {title}\n\n{}", section(&main, rows));
        }
    }
    let _ = write!(text, "\n### Below 100 Mgas/s\n\n{}", below(rows));
    for (backend, title) in OTHERS {
        let others: Vec<_> = of(rows, backend).collect();
        if !others.is_empty() {
            let _ = write!(
                text,
                "\n### {title}\n\n{}\n\n{}",
                about(backend),
                brief(&others, rows)
            );
        }
    }
    text
}

/// What is said of a backend where it is shown.
fn about(backend: Backend) -> &'static str {
    match backend {
        Backend::AwsLc => "",
        Backend::Portable => PORTABLE,
        Backend::RustCrypto => RUST,
    }
}

const PORTABLE: &str =
    "The default backend on a machine without AVX-512, measured on this one. Everything else is as above.";

const RUST: &str = "The backend `RustCrypto` gives the same answers and needs no C compiler. **The default prices do not fit \
    it**: a validator that runs it takes the times below, several times ecrecover's, for the same gas. Use it for light \
    clients and tools, or raise the prices.";

fn section(main: &[&Row], rows: &[Row]) -> String {
    let mut text = String::from(
        "| operation | case | input | gas | µs | p10–p90 | Mgas/s | × ecrecover | bare µs |\n\
         |---|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in main {
        let (named, [micros, range, mgas, ratio, bare]) = figures(row, rows);
        let input = &row.input;
        let _ = writeln!(
            text,
            "| {named} | {input} | {} | {micros} | {range} | {mgas} | {ratio} | {bare} |",
            grouped(row.gas)
        );
    }
    text
}

/// The same without what the main table says of these cases.
fn brief(others: &[&Row], rows: &[Row]) -> String {
    let mut text = String::from(
        "| operation | case | µs | p10–p90 | Mgas/s | × ecrecover |\n|---|---|--:|--:|--:|--:|\n",
    );
    for row in others {
        let (named, [micros, range, mgas, ratio, _]) = figures(row, rows);
        let _ = writeln!(text, "| {named} | {micros} | {range} | {mgas} | {ratio} |");
    }
    text
}

/// Operation and case; time, its range, Mgas/s, ratio, time without an EVM.
fn figures(row: &Row, rows: &[Row]) -> (String, [String; 5]) {
    let [operation, case, _, micros, range, _, ratio, bare] =
        <[String; 8]>::try_from(cells(row, rows)).expect("a cell for each column");
    let mgas = number(row.mgas_per_s);
    let mgas = if row.is_below() {
        format!("**{mgas}**")
    } else {
        mgas
    };
    (
        format!("{operation} | {case}"),
        [micros, range, mgas, ratio, bare],
    )
}

/// One line for each operation and variant whose price buys too much time.
fn below(rows: &[Row]) -> String {
    let mut slowest: Vec<&Row> = Vec::new();
    for row in rows
        .iter()
        .filter(|row| row.is_main() && row.is_below() && !row.is_reference())
    {
        let same = |other: &&mut &Row| (&other.operation, &other.variant) == (&row.operation, &row.variant);
        match slowest.iter_mut().find(same) {
            Some(other) if other.mgas_per_s <= row.mgas_per_s => {}
            Some(other) => *other = row,
            None => slowest.push(row),
        }
    }
    if slowest.is_empty() {
        return "Nothing.\n".into();
    }
    slowest.sort_by(|one, other| one.mgas_per_s.total_cmp(&other.mgas_per_s));
    let mut text = String::from(
        "| operation | slowest case | gas | µs | Mgas/s | gas at 100 Mgas/s |\n|---|---|--:|--:|--:|--:|\n",
    );
    for row in slowest {
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} | {} |",
            row.operation,
            row.variant,
            row.case,
            grouped(row.gas),
            number(row.micros),
            number(row.mgas_per_s),
            grouped((row.micros * MGAS_PER_S).ceil() as u64)
        );
    }
    text
}

/// A file with new tables between its lines; `None` if it has no such lines, in this order, once.
pub fn replaced(file: &str, tables: &str) -> Option<String> {
    let (before, rest) = file.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    if [before, after]
        .iter()
        .any(|part| part.contains(BEGIN) || part.contains(END))
    {
        return None;
    }
    Some(format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))
}

/// Three digits that count, thousands apart.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => grouped(value.round() as u64),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

/// `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_lines_changes() {
        let file = format!("by hand\n{BEGIN}\nold\n{END}\nby hand too\n");
        let new = replaced(&file, "new\n").unwrap();
        assert_eq!(new, format!("by hand\n{BEGIN}\n\nnew\n\n{END}\nby hand too\n"));
        assert_eq!(replaced(&new, "new\n").as_deref(), Some(&*new), "twice is once");
        for broken in [
            "",
            BEGIN,
            END,
            &format!("{END}{BEGIN}"),
            &format!("{BEGIN}{END}{BEGIN}"),
        ] {
            assert_eq!(replaced(broken, "new"), None, "{broken:?}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(
            [0.12345, 1.2345, 12.345, 123.45, 12_345.6].map(number),
            ["0.123", "1.23", "12.3", "123", "12,346"]
        );
    }
}
