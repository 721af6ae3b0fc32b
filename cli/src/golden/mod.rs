//! `aivm golden`: NVIDIA's RIM files, verified, shown, and made into what `setGoldenMeasurement` takes.
//!
//! | file | what it holds |
//! |---|---|
//! | `canonical` | Canonical XML |
//! | `signature`, `certificates` | who signed, and that nothing was changed since |
//! | `rim` | what a RIM file says |
//! | `refusal` | why one is refused, and what to do about it |
//! | `inspect`, `pack` | the commands |

mod canonical;
mod certificates;
mod inspect;
mod pack;
mod refusal;
mod rim;
mod signature;

use crate::{
    certificate_file,
    input::read_file,
    output::{Failure, Report},
    system,
};
use aivm::evidence::{Golden, Vendor};
use clap::Subcommand;
use refusal::{Refused, Stop};
use rim::Rim;
use signature::Signed;
use std::path::{Path, PathBuf};

/// The largest RIM file that is read. A genuine one has about 21,000 bytes.
const MAX_RIM_FILE: u64 = 256 << 10;

const AFTER_HELP: &str = "\
A GPU's report lists what it measured while it booted. NVIDIA publishes what is right in RIM files (Reference Integrity \
Manifests, XML): one for each driver, one for each VBIOS. Governance stores both for a pair of versions with \
setGoldenMeasurement; from then on a report of this pair that differs is refused, and one that does not costs no points.

Examples:
  aivm golden inspect driver.xml
  aivm golden pack --driver-rim driver.xml --vbios-rim vbios.xml
  aivm golden pack --driver-rim driver.xml --vbios-rim vbios.xml --json";

/// NVIDIA's golden measurements: show or pack RIM files
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Args),
    Pack(pack::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    match &args.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Pack(args) => pack::run(args),
    }
}

/// Whom to trust, and when.
#[derive(clap::Args)]
struct Trust {
    /// Trust this root certificate, PEM or DER [default: the "NVIDIA CoRIM signing Root CA", built in]
    #[arg(long, value_name = "PEM")]
    root: Option<PathBuf>,

    /// When the certificates must be valid, in Unix seconds [default: the current time]
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,
}

impl Trust {
    /// The root certificate, DER.
    fn root(&self) -> Result<Vec<u8>, Failure> {
        let Some(path) = &self.root else {
            return Ok(certificates::RIM_ROOT.to_vec());
        };
        match certificate_file::read("--root", path)?.as_slice() {
            [root] if certificates::is_root(root) => Ok(root.clone()),
            _ => Err(Failure::new(format!(
                "--root: {} is not one CA certificate with a P-384 key",
                path.display()
            ))
            .next("leave --root out to trust NVIDIA's root")),
        }
    }

    fn at(&self) -> Result<u64, Failure> {
        self.at.map_or_else(system::now, Ok)
    }
}

/// The RIM files of a GPU, where a command compares its measurements.
#[derive(clap::Args)]
pub(crate) struct GoldenFiles {
    /// NVIDIA: the RIM file of the driver, XML; needs --vbios-rim
    #[arg(long, value_name = "FILE", requires = "vbios_rim")]
    driver_rim: Option<PathBuf>,

    /// NVIDIA: the RIM file of the VBIOS, XML; needs --driver-rim
    #[arg(long, value_name = "FILE", requires = "driver_rim")]
    vbios_rim: Option<PathBuf>,
}

/// The golden measurements of two RIM files, under NVIDIA's root, if they are given.
pub(crate) fn read_pair(files: &GoldenFiles, vendor: Vendor, at: u64) -> Result<Option<Golden>, Failure> {
    let (Some(driver), Some(vbios)) = (&files.driver_rim, &files.vbios_rim) else {
        return Ok(None);
    };
    if vendor != Vendor::Nvidia {
        return Err(
            Failure::new("--driver-rim and --vbios-rim are for GPUs of NVIDIA").next("leave them out"),
        );
    }
    let pair = pack::Pair::read(driver, vbios, certificates::RIM_ROOT, at).map_err(Stop::failure)?;
    Ok(Some(pair.golden))
}

/// A RIM file whose signature holds.
struct RimFile {
    path: PathBuf,
    signed: Signed,
    rim: Rim,
}

impl RimFile {
    /// Reads and verifies a file. `what` is how the user calls it.
    fn read(what: &str, path: &Path, root: &[u8], at: u64) -> Result<Self, Stop> {
        let bytes = read_file(what, path, MAX_RIM_FILE)?;
        let read = || {
            let text = str::from_utf8(&bytes).map_err(|error| Refused::xml(error.to_string()))?;
            let signed = signature::verify(text, root, at)?;
            let rim = Rim::read(&signed)?;
            Ok((signed, rim))
        };
        let (signed, rim) = read().map_err(|refused: Refused| refused.in_file(path))?;
        Ok(Self {
            path: path.to_path_buf(),
            signed,
            rim,
        })
    }
}
