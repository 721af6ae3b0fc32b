//! What `aivm bench` reads and writes. Every file that must be there is read before anything is measured.

use super::{Args, built_in};
use crate::output::Failure;
use aivm_bench::{
    machine::Machine,
    plot,
    record::{Entry, Record},
    report::Row,
    table,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The files that a run was given.
pub(super) struct Files<'a> {
    svg: Option<&'a Path>,
    markdown: Option<(&'a Path, String)>,
    record: Option<(&'a Path, Record)>,
    recorded: Option<Entry>,
}

impl<'a> Files<'a> {
    pub(super) fn open(args: &'a Args, machine: &Machine) -> Result<Self, Failure> {
        let recorded = args.check.as_ref().map(|file| recorded(file.as_deref(), machine));
        Ok(Self {
            svg: args.svg.as_deref(),
            markdown: args.markdown.as_deref().map(page).transpose()?,
            record: args.record.as_deref().map(existing).transpose()?,
            recorded: recorded.transpose()?,
        })
    }

    /// What the run is compared with.
    pub(super) fn recorded(&self) -> Option<&Entry> {
        self.recorded.as_ref()
    }

    /// Writes everything that was asked for.
    pub(super) fn write(self, rows: &[Row], machine: &Machine) -> Result<(), Failure> {
        if let Some(path) = self.svg {
            write(path, &plot::svg(rows, machine))?;
        }
        if let Some((path, page)) = self.markdown {
            let plot = self
                .svg
                .and_then(Path::file_name)
                .map(|name| name.to_string_lossy());
            let tables = table::markdown(rows, machine, plot.as_deref());
            let page = table::replaced(&page, &tables);
            write(path, &page.ok_or_else(|| no_lines(path))?)?;
        }
        if let Some((path, mut record)) = self.record {
            record.replace(machine.clone(), rows);
            write(path, &record.json())?;
        }
        Ok(())
    }
}

/// A page that has the lines between which the tables go.
fn page(path: &Path) -> Result<(&Path, String), Failure> {
    let page = read(path)?;
    if table::replaced(&page, "").is_none() {
        return Err(no_lines(path));
    }
    Ok((path, page))
}

/// What is recorded already, nothing where there is no file yet.
fn existing(path: &Path) -> Result<(&Path, Record), Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((path, Record::default())),
        _ => Ok((path, parse(path)?)),
    }
}

/// What was recorded on a machine like this one.
fn recorded(path: Option<&Path>, machine: &Machine) -> Result<Entry, Failure> {
    let (name, record) = match path {
        Some(path) => (path.display().to_string(), parse(path)?),
        None => ("what this program was built with".into(), built_in()?),
    };
    let entry = record.of_class(&machine.class).cloned();
    entry.ok_or_else(|| {
        let classes = match record.classes() {
            classes if classes.is_empty() => "none at all".to_owned(),
            classes => classes.join(", "),
        };
        Failure::new(format!(
            "--check: {name} has no ratios of a machine like this one ({}), but of {classes}",
            machine.class
        ))
        .next(
            "ratios differ from one class of machine to another: record this one with `aivm bench --record <FILE>`, \
             then `aivm bench --check <FILE>`",
        )
    })
}

fn parse(path: &Path) -> Result<Record, Failure> {
    serde_json::from_str(&read(path)?).map_err(|error| {
        Failure::new(format!("{}: not a record of ratios: {error}", path.display()))
            .next("write one with `aivm bench --record <FILE>`")
    })
}

fn no_lines(path: &Path) -> Failure {
    Failure::new(format!(
        "--markdown: {} has no place for the tables",
        path.display()
    ))
    .next(format!(
        "put these two lines where they go, once each:\n  {}\n  {}",
        table::BEGIN,
        table::END
    ))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("cannot read {}: {error}", path.display()))
            .next("give the path of an existing file")
    })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Failure::new(format!("cannot write {}: {error}", path.display())).next(format!(
            "see that the folder {:?} is there and can be written",
            folder.display().to_string()
        ))
    })
}
