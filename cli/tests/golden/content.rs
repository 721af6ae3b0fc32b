//! Files that are signed as they are, with content that makes no sense.

use super::{
    accepted, assert_refused, inspect_made_up,
    rim::{Entry, Rim},
};

fn with(change: impl Fn(&mut Rim)) -> String {
    let mut rim = Rim::driver();
    change(&mut rim);
    rim.sign()
}

fn with_entry(change: impl Fn(&mut Entry)) -> String {
    with(|rim| change(&mut rim.entries[0]))
}

#[test]
fn refuses_malformed_measurements() {
    let digest = "01".repeat(48);
    let cases = [
        (with_entry(|entry| entry.index = "64".into()), "not 0 to 63"),
        (with_entry(|entry| entry.index = "-1".into()), "not 0 to 63"),
        (with_entry(|entry| entry.index = "07".into()), "not 0 to 63"),
        (with_entry(|entry| entry.index = "23".into()), "there twice"),
        (
            with_entry(|entry| entry.active = "true".into()),
            "neither active nor not",
        ),
        (
            with_entry(|entry| entry.kind = "Firmware".into()),
            "not a Resource",
        ),
        (with_entry(|entry| entry.size = "32".into()), "48 bytes"),
        (
            with_entry(|entry| entry.alternatives = "0".into()),
            "1 to 8 alternatives",
        ),
        (
            with_entry(|entry| *entry = Entry::active(7, &[1, 2, 3, 4, 5, 6, 7, 8, 9])),
            "1 to 8 alternatives",
        ),
        (
            with_entry(|entry| entry.alternatives = "2".into()),
            "more or fewer digests",
        ),
        (
            with_entry(|entry| entry.digests.push(digest.clone())),
            "more or fewer digests",
        ),
        (
            with_entry(|entry| *entry = Entry::active(7, &[1, 1])),
            "same alternative twice",
        ),
        (
            with_entry(|entry| entry.digests[0] = "01".repeat(47)),
            "not 48 bytes",
        ),
        (
            with_entry(|entry| entry.digests[0] = format!("0x{}", "01".repeat(47))),
            "not 48 bytes",
        ),
        (
            with_entry(|entry| entry.digests[0] = format!("0x{}", "01".repeat(48))),
            "not 48 bytes",
        ),
        (
            with_entry(|entry| entry.digests[0] = "0g".repeat(48)),
            "not 48 bytes",
        ),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect_made_up(&format!("entry-{number}"), text), why);
    }
    assert_eq!(cases.len(), 16);
}

#[test]
fn reads_the_longest_and_the_last() {
    let text = with(|rim| {
        rim.entries = vec![
            Entry::active(63, &[1, 2, 3, 4, 5, 6, 7, 8]),
            Entry::active(0, &[0]),
        ]
    });
    let json = accepted(&inspect_made_up("last", &text));
    let measurements = json["measurements"].as_array().unwrap();
    let indices: Vec<_> = measurements
        .iter()
        .map(|entry| entry["index"].as_u64().unwrap())
        .collect();
    assert_eq!(indices, [1, 64]);
    assert_eq!(measurements[1]["digests"].as_array().unwrap().len(), 8);
}

#[test]
fn refuses_what_is_no_rim_of_a_gpu() {
    let cases = [
        (with(|rim| rim.edition = "NVSwitch".into()), "not for a GPU"),
        (
            with(|rim| rim.version = String::new()),
            "has no colloquialVersion",
        ),
        (
            with(|rim| rim.version = "550".into()),
            "neither a driver nor a VBIOS",
        ),
        (
            with(|rim| rim.version = "96.00.9F.00".into()),
            "neither a driver nor a VBIOS",
        ),
        (
            with(|rim| rim.version = "550.x.1".into()),
            "neither a driver nor a VBIOS",
        ),
        (with(|rim| rim.product = String::new()), "has no product"),
        (with(|rim| rim.entries.clear()), "no active measurement"),
        (
            with(|rim| {
                rim.entries
                    .iter_mut()
                    .for_each(|entry| entry.active = "False".into())
            }),
            "no active measurement",
        ),
        (
            with(|rim| rim.more = "<ns0:Payload></ns0:Payload>".into()),
            "exactly one Payload",
        ),
        (
            with(|rim| rim.more = "<ns0:Meta></ns0:Meta>".into()),
            "exactly one Meta",
        ),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect_made_up(&format!("content-{number}"), text), why);
    }
    assert_eq!(cases.len(), 10);
}
