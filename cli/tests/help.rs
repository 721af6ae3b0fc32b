//! Every command explains itself, with an example, and says nothing on standard error.

mod common;

use common::aivm;

#[test]
fn every_command_has_help_with_an_example() {
    let commands: [&[&str]; 40] = [
        &[],
        &["demo"],
        &["call"],
        &["exec"],
        &["quote"],
        &["quote", "inspect"],
        &["quote", "verify"],
        &["quote", "pack"],
        &["collateral"],
        &["collateral", "inspect"],
        &["collateral", "pack"],
        &["collateral", "verify"],
        &["golden"],
        &["golden", "inspect"],
        &["golden", "pack"],
        &["genesis"],
        &["genesis", "accounts"],
        &["genesis", "check"],
        &["genesis", "schema"],
        &["genesis", "example"],
        &["relay"],
        &["relay", "digest"],
        &["relay", "update"],
        &["relay", "rotate"],
        &["relay", "committee"],
        &["relay", "proof"],
        &["work"],
        &["work", "encode"],
        &["work", "id"],
        &["work", "sign"],
        &["work", "verify"],
        &["key"],
        &["key", "new"],
        &["simulate"],
        &["simulate", "calls"],
        &["simulate", "proof"],
        &["simulate", "evidence"],
        &["simulate", "key"],
        &["simulate", "sign"],
        &["bench"],
    ];
    for command in commands {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let run = aivm(&arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{command:?}");
        assert!(run.stdout.contains("Example"), "{command:?} shows no example");
        assert!(run.stdout.contains("--json"), "{command:?} does not say --json");
        let name = format!("aivm {}", command.join(" "));
        assert!(
            run.stdout.matches(name.trim_end()).count() >= 2,
            "{command:?}: usage and example"
        );
    }
}

#[test]
fn a_wrong_command_is_bad_usage() {
    aivm(&["dmeo"]).assert_bad_usage("demo");
    aivm(&["demo", "now"]).assert_bad_usage("now");
    aivm::<&str>(&[]).assert_bad_usage("Usage");
}

#[test]
fn has_a_version() {
    let run = aivm(&["--version"]);
    assert_eq!(run.stdout.trim_end(), concat!("aivm ", env!("CARGO_PKG_VERSION")));
}
