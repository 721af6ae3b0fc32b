//! `aivm bench`: rows, files and the comparison with what was recorded. How long anything takes is not tested here.

mod common;

use aivm_bench::{case::Target, machine::Machine};
use common::{Run, aivm, scratch, text};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

const PAGE: &str =
    "By hand.\n\n<!-- aivm bench: begin -->\nOLD TABLES\n<!-- aivm bench: end -->\n\nBy hand too.\n";

/// One run of everything, as short as it may be, that writes every file.
static EVERYTHING: LazyLock<(PathBuf, Run)> = LazyLock::new(|| {
    let folder = scratch("bench");
    fs::write(folder.join("page.md"), PAGE).unwrap();
    let file = |name: &str| text(&folder.join(name));
    let (svg, page, record) = (file("plot.svg"), file("page.md"), file("record.json"));
    let files = ["--svg", &svg, "--markdown", &page, "--record", &record];
    let run = aivm(&[&["bench", "--json", "--seconds", "0"][..], &files].concat());
    (folder, run)
});

fn rows() -> Vec<Value> {
    let (_, run) = &*EVERYTHING;
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.json().as_array().unwrap().clone()
}

#[test]
fn every_operation_has_rows_of_one_shape() {
    let rows = rows();
    let keys = [
        "precompile",
        "operation",
        "variant",
        "case",
        "input",
        "bytes",
        "path",
        "backend",
        "gas",
        "micros",
        "p10",
        "p90",
        "mgas_per_s",
        "ratio_to_ecrecover",
        "least_ratio",
    ];
    for row in &rows {
        assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{row}");
        let figure = |key: &str| row[key].as_f64().unwrap();
        assert!(0.0 < figure("p10") && figure("p10") <= figure("micros"), "{row}");
        assert!(figure("micros") <= figure("p90"), "{row}");
        let paid = figure("gas") / figure("micros");
        assert!((figure("mgas_per_s") / paid - 1.0).abs() < 0.01, "{row}");
        assert!(
            figure("ratio_to_ecrecover") > 0.0 && figure("least_ratio") > 0.0,
            "{row}"
        );
    }
    for target in Target::OURS {
        for operation in target.operations() {
            for path in ["adapter", "bare"] {
                let of_it = |row: &&Value| {
                    row["precompile"] == target.name() && row["operation"] == operation && row["path"] == path
                };
                let cases: BTreeSet<_> = rows
                    .iter()
                    .filter(of_it)
                    .map(|row| row["case"].as_str().unwrap())
                    .collect();
                assert!(cases.contains("worst rejected"), "{operation} {path}: {cases:?}");
                assert!(
                    cases.contains("any accepted") || cases.is_superset(&["honest", "worst accepted"].into()),
                    "{operation} {path}: {cases:?}"
                );
            }
        }
    }
    for reference in ["ecrecover", "P256VERIFY"] {
        let of_it = rows.iter().filter(|row| row["operation"] == reference);
        let [row] = of_it.collect::<Vec<_>>()[..] else {
            panic!("{reference} is there once");
        };
        assert_eq!(
            (&row["precompile"], &row["path"]),
            (&json!("reference"), &json!("adapter"))
        );
    }
    assert_eq!(rows[0]["operation"], "ecrecover");
    assert_eq!(rows[0]["least_ratio"], 1.0);
    assert!(rows.iter().any(|row| row["backend"] == "rust-crypto"));
}

#[test]
fn the_plot_has_a_mark_for_each_main_row() {
    let rows = rows();
    let svg = fs::read_to_string(EVERYTHING.0.join("plot.svg")).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let titles: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "g")))
        .filter_map(|mark| {
            mark.children()
                .find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", "title")))
        })
        .collect();
    let main = |row: &&Value| row["path"] == "adapter" && row["backend"] == "aws-lc";
    assert_eq!(titles.len(), rows.iter().filter(main).count());
    for word in ["100 Mgas/s", "ecrecover", "VerifyTEE", "updateRoot 32 signatures"] {
        assert!(svg.contains(word), "{word} is not in the plot");
    }
}

#[test]
fn the_page_keeps_what_is_written_by_hand() {
    rows();
    let page = fs::read_to_string(EVERYTHING.0.join("page.md")).unwrap();
    assert!(page.starts_with("By hand.\n\n<!-- aivm bench: begin -->\n"));
    assert!(page.ends_with("<!-- aivm bench: end -->\n\nBy hand too.\n"));
    assert!(!page.contains("OLD TABLES") && page.contains("](plot.svg)"));
    for word in [
        "| VerifyMLDSA ML-DSA-65 | worst accepted |",
        "### In Rust alone",
        "do not fit",
    ] {
        assert!(page.contains(word), "{word} is not on the page");
    }
}

/// Runs the comparison over a few cheap rows.
fn check(record: &Path, filter: &str) -> Run {
    aivm(&[
        "bench",
        "--seconds",
        "1",
        "--filter",
        filter,
        "--check",
        &text(record),
    ])
}

#[test]
fn a_check_passes_on_its_own_record_and_fails_on_a_doctored_one() {
    rows();
    let recorded = EVERYTHING.0.join("record.json");
    let run = check(&recorded, "IsSpent");
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("0 slower by more than 25 %"),
        "{}",
        run.stdout
    );

    // As if ComputeWorkId had taken a tenth of what it takes, and MarkSpent had not been there.
    let mut record: Value = serde_json::from_str(&fs::read_to_string(&recorded).unwrap()).unwrap();
    let ratios = record["machines"][0]["ratios"].as_array_mut().unwrap();
    ratios.retain(|ratio| ratio["operation"] != "MarkSpent");
    for ratio in ratios
        .iter_mut()
        .filter(|ratio| ratio["operation"] == "VerifyMLDSA")
    {
        ratio["ratio"] = json!(ratio["ratio"].as_f64().unwrap() / 10.0);
    }
    let doctored = EVERYTHING.0.join("doctored.json");
    fs::write(&doctored, record.to_string()).unwrap();
    let run = check(&doctored, "VerifyMLDSA ML-DSA-44, honest");
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("SLOWER   VerifyMLDSA ML-DSA-44, honest (Adapter, aws-lc)")
    );
    let run = check(&doctored, "MarkSpent");
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("UNKNOWN  MarkSpent"), "{}", run.stdout);
}

#[test]
fn another_class_of_machine_is_not_compared() {
    rows();
    let record = fs::read_to_string(EVERYTHING.0.join("record.json")).unwrap();
    let class = Machine::this().class;
    let other = EVERYTHING.0.join("other.json");
    fs::write(&other, record.replace(&format!("{class:?}"), "\"riscv64\"")).unwrap();
    let run = check(&other, "IsSpent");
    run.assert_bad_usage("riscv64");
    assert!(
        run.stderr.contains(&class) && run.stderr.contains("--record"),
        "{}",
        run.stderr
    );
}

#[test]
fn files_are_judged_before_anything_is_measured() {
    let folder = scratch("bench-files");
    let (page, record) = (folder.join("page.md"), folder.join("record.json"));
    fs::write(&page, "no lines").unwrap();
    fs::write(&record, "[]").unwrap();
    aivm(&["bench", "--markdown", &text(&page)]).assert_bad_usage("aivm bench: begin");
    aivm(&["bench", "--markdown", &text(&folder.join("none.md"))]).assert_bad_usage("none.md");
    aivm(&["bench", "--check", &text(&record)]).assert_bad_usage("not a record of ratios");
    aivm(&["bench", "--record", &text(&record)]).assert_bad_usage("not a record of ratios");
    aivm(&["bench", "--check", &text(&folder.join("none.json"))]).assert_bad_usage("none.json");
    aivm(&["bench", "--record", "x.json", "--filter", "IsSpent"]).assert_bad_usage("--filter");
    aivm(&["bench", "--filter", "no such thing"]).assert_bad_usage("no such thing");
}
