//! The configuration file: what it says, its defaults, its schema, and what is wrong with one that is refused.
#![cfg(feature = "config-file")]

use aivm::{
    Activation, Addresses, Config, GasSchedule, Genesis, RewardTrust,
    config_file::{ChainConfig, ConfigFileError, EXAMPLE, PemError, SCHEMA},
    evidence::{Vendor, intel, snp},
    genesis::{DEVELOPMENT_ACCOUNT, GenesisError, LightClient, Roots},
    precompiles::{
        state::MeasurementState,
        sync::{Committee, CommitteeError},
    },
};
use alloy_primitives::{Address, B256, Bytes, U256, hex};
use base64ct::{Base64, Encoding};
use revm::primitives::hardfork::SpecId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The least file.
const LEAST: &str = "genesis.governance = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'\n";

/// The same with more.
fn with(more: &str) -> String {
    format!("{more}\n{LEAST}")
}

fn toml(text: &str) -> ChainConfig {
    ChainConfig::from_toml(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn defaults() -> ChainConfig {
    ChainConfig {
        config: Config::default(),
        activation: Activation::Genesis,
        genesis: Genesis::new(DEVELOPMENT_ACCOUNT),
    }
}

fn pem(certificate: &[u8]) -> String {
    let base64 = Base64::encode_string(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

/// The example as JSON.
fn example() -> Value {
    toml::from_str(EXAMPLE).unwrap()
}

#[test]
fn the_example_is_the_defaults() {
    let expected = ChainConfig {
        genesis: Genesis::development(),
        ..defaults()
    };
    assert_eq!(toml(EXAMPLE), expected);
    let json = example().to_string();
    assert_eq!(ChainConfig::from_json(&json), Ok(expected));
    assert_eq!(toml(LEAST), defaults());
}

/// What the schema knows, the example shows; the program would refuse what the schema does not know.
#[test]
fn the_example_shows_every_field() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let names = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let (example, definitions) = (example(), &schema["$defs"]);
    assert_eq!(names(&schema["properties"]), names(&example));
    let mut fields = 0;
    for (table, definition) in [
        ("addresses", "AddressesFile"),
        ("gas", "GasFile"),
        ("genesis", "GenesisFile"),
    ] {
        let mut known = names(&definitions[definition]["properties"]);
        known.remove("light_client"); // a client of no chain, by default
        assert_eq!(known, names(&example[table]), "{table}");
        fields += known.len();
    }
    assert_eq!(fields, 4 + 20 + 10);
}

#[cfg(feature = "config-schema")]
#[test]
fn the_schema_is_current() {
    let committed: Value = serde_json::from_str(SCHEMA).unwrap();
    let current = aivm::config_file::schema() == committed;
    assert!(
        current,
        "docs/config.schema.json is stale: run `cargo xtask schema`"
    );
}

/// Prices that are no default, as the file's text and as what it comes to.
macro_rules! prices {
    ($($name:ident = $price:literal,)+) => {
        const PRICES_TEXT: &str = concat!($(stringify!($name), " = ", $price, "\n"),+);
        const PRICES: GasSchedule = GasSchedule { $($name: $price),+ };
    };
}

prices! {
    unknown_operation = 7,
    verify_mldsa = 8,
    calculate_reward = 9,
    verify_tee = 10,
    is_spent = 11,
    compute_work_id = 12,
    mark_spent = 13,
    set_authorized = 14,
    is_authorized = 15,
    verify_attestation = 16,
    collateral_base = 17,
    collateral_byte = 18,
    registry_write = 19,
    registry_read = 20,
    proofs = 21,
    update_root = 22,
    committee_base = 23,
    committee_member = 24,
    verify_device_proof = 25,
    sync_read = 26,
}

/// Every field with another value than its default.
fn everything() -> String {
    format!(
        r#"
activation = {{ timestamp = 1766708400 }}
reward_trust = "formula"
[addresses]
mining = "0x0000000000000000000000000000000000000b01"
registry = "0x0000000000000000000000000000000000000b02"
proofs = "0x0000000000000000000000000000000000000b03"
sync = "0x0000000000000000000000000000000000000b04"
[gas]
{PRICES_TEXT}
[genesis]
governance = "0x00000000000000000000000000000000000000c1"
guardian = "0x00000000000000000000000000000000000000c2"
authorized = ["0x00000000000000000000000000000000000000c3", "0x00000000000000000000000000000000000000c4"]
min_trust_score = 100
validity = 3600
paused = ["all", "nvidia"]
allowlist_required = ["sgx", "tdx"]
measurements = {{ "{}" = "allowed", "{}" = "banned" }}
minimum_tcb = {{ tdx = "0x00000011" }}
[genesis.roots]
sevsnp = "none"
sgx = {{ pem = '''{}''' }}
tdx = {{ bundle = "{}" }}
[genesis.light_client]
source_chain_id = 5
from_height = 9
members = [
    {{ address = "0x00000000000000000000000000000000000000c1", weight = 1 }},
    {{ address = "0x00000000000000000000000000000000000000c2", weight = 2 }},
]
"#,
        B256::repeat_byte(1),
        B256::repeat_byte(2),
        pem(intel::ROOT_CA),
        hex::encode_prefixed(intel::ROOT_CA),
    )
}

fn gas_names() -> Vec<String> {
    let gas = &example()["gas"];
    gas.as_object().unwrap().keys().cloned().collect()
}

fn everything_read() -> ChainConfig {
    let at = Address::with_last_byte;
    let address = |low| Address::left_padding_from(&[0x0b, low]);
    let intel = Roots::Bundle(intel::ROOT_CA.into());
    ChainConfig {
        config: Config {
            addresses: Addresses {
                mining: address(1),
                registry: address(2),
                proofs: address(3),
                sync: address(4),
            },
            gas: PRICES,
            reward_trust: RewardTrust::Formula,
        },
        activation: Activation::Timestamp(1_766_708_400),
        genesis: Genesis {
            governance: at(0xc1),
            guardian: at(0xc2),
            authorized: vec![at(0xc3), at(0xc4)],
            min_trust_score: 100,
            validity: 3_600,
            paused: [None, Some(Vendor::Nvidia)].into(),
            allowlist_required: [Vendor::Sgx, Vendor::Tdx].into(),
            measurements: BTreeMap::from([
                (B256::repeat_byte(1), MeasurementState::Allowed),
                (B256::repeat_byte(2), MeasurementState::Banned),
            ]),
            minimum_tcb: BTreeMap::from([(Vendor::Tdx, Bytes::from_static(&[0, 0, 0, 0x11]))]),
            roots: BTreeMap::from([
                (Vendor::Sgx, intel.clone()),
                (Vendor::SevSnp, Roots::None),
                (Vendor::Tdx, intel),
            ]),
            light_client: Some(LightClient {
                source_chain_id: U256::from(5),
                committee: Committee::new(&[at(0xc1), at(0xc2)], &[1, 2]).unwrap(),
                from_height: U256::from(9),
            }),
        },
    }
}

#[test]
fn every_field_is_read() {
    let read = toml(&everything());
    assert_eq!(read, everything_read());
    let json: Value = toml::from_str(&everything()).unwrap();
    assert_eq!(ChainConfig::from_json(&json.to_string()), Ok(read));
    assert!(everything_read().aivm().is_ok());
    assert_eq!(PRICES_TEXT.lines().count(), gas_names().len());
}

/// Each price goes to the field of its name: set one after another, each changes one thing.
#[test]
fn every_price_is_its_own() {
    let mut seen = BTreeSet::new();
    for name in gas_names() {
        let read = toml(&with(&format!("gas.{name} = 77")));
        let shown = format!("{:?}", read.config.gas);
        assert!(shown.contains(&format!(" {name}: 77")), "{name}: {shown}");
        assert_eq!(
            shown.matches(": 77,").count() + shown.matches(": 77 }").count(),
            1,
            "{name}"
        );
        seen.insert(shown);
    }
    assert_eq!(seen.len(), 20);
    assert!(!seen.contains(&format!("{:?}", GasSchedule::default())));
}

/// Every hard fork that revm knows has a name.
#[test]
fn hard_forks() {
    let names = [
        "frontier",
        "homestead",
        "tangerine",
        "spurious_dragon",
        "byzantium",
        "petersburg",
        "istanbul",
        "berlin",
        "london",
        "merge",
        "shanghai",
        "cancun",
        "prague",
        "osaka",
        "amsterdam",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let spec = SpecId::try_from_u8(u8::try_from(number).unwrap()).unwrap();
        let read = toml(&with(&format!("activation = {{ hard_fork = '{name}' }}")));
        assert_eq!(read.activation, Activation::Spec(spec), "{name}");
        assert_eq!(read.aivm().unwrap().activation(), Activation::Spec(spec));
    }
    assert_eq!(SpecId::try_from_u8(15), None, "a fork without a name");
}

/// What is wrong, where, and what to do: a line, the field, the value, the next step.
#[test]
fn what_is_refused() {
    let cases: &[(&str, &[&str])] = &[
        (
            "gas.verfy_tee = 1",
            &[
                "line 1, column 5",
                "gas.verfy_tee",
                "unknown field `verfy_tee`",
                "`verify_tee`",
            ],
        ),
        (
            "gas.verify_tee = -1",
            &["line 1, column 18", "gas.verify_tee", "-1"],
        ),
        (
            "gas.verify_tee = '5000'",
            &["line 1, column 18", "gas.verify_tee", "\"5000\"", "u64"],
        ),
        ("gas.verify_tee = 1.5", &["gas.verify_tee", "1.5"]),
        (
            "colour = 'red'",
            &["line 1, column 1", "unknown field `colour`", "`genesis`"],
        ),
        (
            "activation = 'soon'",
            &[
                "line 1, column 14",
                "activation",
                "unknown variant `soon`",
                "`hard_fork`",
            ],
        ),
        (
            "activation = { hard_fork = 'paris' }",
            &["activation.hard_fork", "unknown variant `paris`", "`merge`"],
        ),
        (
            "reward_trust = 'none'",
            &["reward_trust", "unknown variant `none`", "`formula`"],
        ),
        (
            "addresses.mining = '0x300'",
            &["line 1, column 20", "addresses.mining", "0x300", "hexadecimal"],
        ),
        (
            "addresses.mining = '0300'",
            &["addresses.mining", "\"0300\"", "begins with 0x"],
        ),
        (
            "addresses.mining = '0x0x00000000000000000000000000000000000300'",
            &["addresses.mining", "hexadecimal has one 0x"],
        ),
        (
            "addresses.mining = '0x000000000000000000000000000000000000030g'",
            &["addresses.mining", "not hexadecimal"],
        ),
        (
            "addresses.mining = '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266'",
            &[
                "addresses.mining",
                "checksum of EIP-55",
                "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            ],
        ),
        (
            "genesis.min_trust_score = 256",
            &["genesis.min_trust_score", "256", "u8"],
        ),
        (
            "genesis.paused = ['amd']",
            &["genesis.paused[0]", "unknown variant `amd`", "`sevsnp`"],
        ),
        (
            "genesis.allowlist_required = ['all']",
            &["genesis.allowlist_required[0]", "`all`"],
        ),
        (
            "genesis.measurements = { '0x01' = 'allowed' }",
            &["genesis.measurements", "0x01", "64 hexadecimal"],
        ),
        (
            "genesis.minimum_tcb = { tdx = '0x1' }",
            &["genesis.minimum_tcb.tdx", "0x1"],
        ),
        (
            "genesis.roots = { amd = 'default' }",
            &["genesis.roots.amd", "unknown field `amd`", "`sevsnp`"],
        ),
        (
            "genesis.roots = { sgx = 'own' }",
            &["genesis.roots.sgx", "unknown variant `own`", "`bundle`"],
        ),
        (
            "genesis.roots = { sgx = { bundle = 'aa' } }",
            &["genesis.roots.sgx.bundle", "begins with 0x"],
        ),
        (
            "genesis.validity = 1\ngenesis.validity = 2",
            &["line 2", "duplicate key"],
        ),
        ("gas = ", &["line 1, column 7"]),
    ];
    for (text, parts) in cases {
        let error = ChainConfig::from_toml(&with(text)).unwrap_err().to_string();
        for part in parts.iter().chain(&["aivm genesis example"]) {
            assert!(error.contains(part), "{text}\n{part:?} is not in: {error}");
        }
    }
    assert_eq!(cases.len(), 23);
    let error = ChainConfig::from_toml("[genesis]\n").unwrap_err().to_string();
    assert!(error.contains("genesis: missing field `governance`"), "{error}");
    let error = ChainConfig::from_toml("").unwrap_err().to_string();
    assert!(error.contains("missing field `genesis`"), "{error}");
}

#[test]
fn what_is_refused_in_json() {
    let governance = "\"governance\": \"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"";
    let cases = [
        (
            format!("{{\n\"genesis\": {{{governance}}},\n\"gas\": {{\"verify_tee\": \"x\"}}\n}}"),
            "line 3, column 25: gas.verify_tee: ",
        ),
        (
            format!("{{\"genesis\": {{{governance}}}}} {{}}"),
            "line 1, column 75: trailing characters",
        ),
        (
            format!("{{\"genesis\": {{{governance}, {governance}}}}}"),
            "duplicate field `governance`",
        ),
        (
            "{\"genesis\": {}}".to_owned(),
            "genesis: missing field `governance`",
        ),
        ("{".to_owned(), "EOF"),
        (LEAST.to_owned(), "line 1, column 1: expected value"),
    ];
    for (text, part) in cases {
        let error = ChainConfig::from_json(&text).unwrap_err().to_string();
        assert!(error.contains(part), "{text}\n{part:?} is not in: {error}");
        assert!(!error.contains(" at line "), "{error}");
    }
}

/// Tables are maps: an array of their values, in whatever order, is none.
#[test]
fn arrays_are_no_tables() {
    let address = "'0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'";
    let client = |more: &str| with(&format!("genesis.light_client = {more}"));
    let member = format!("{{ source_chain_id = 1, members = [[{address}, 5]] }}");
    let cases = [
        (with("gas = [5, 6]"), "line 1, column 7: gas: "),
        (with("gas = []"), "line 1, column 7: gas: "),
        (
            with(&format!("addresses = [{address}]")),
            "line 1, column 13: addresses: ",
        ),
        (format!("genesis = [{address}]"), "line 1, column 11: genesis: "),
        (
            with("genesis.roots = ['none']"),
            "line 1, column 17: genesis.roots: ",
        ),
        (
            with("genesis.minimum_tcb = ['0x01']"),
            "line 1, column 23: genesis.minimum_tcb: ",
        ),
        (
            with("genesis.measurements = []"),
            "line 1, column 24: genesis.measurements: ",
        ),
        (client("[1, 0, []]"), "line 1, column 24: genesis.light_client: "),
        (
            client(&member),
            "line 1, column 58: genesis.light_client.members[0]: ",
        ),
    ];
    let count = cases.len();
    for (text, place) in cases {
        let error = ChainConfig::from_toml(&text).unwrap_err().to_string();
        let expected = format!("{place}invalid type: sequence, expected fields by name");
        assert!(error.starts_with(&expected), "{text}\n{error}");
        // The same in JSON, where only columns differ.
        let Ok(json) = toml::from_str::<Value>(&text) else {
            panic!("{text}")
        };
        let error = ChainConfig::from_json(&json.to_string()).unwrap_err().to_string();
        let (_, field) = expected.split_once(": ").unwrap();
        assert!(error.contains(&format!(": {field}")), "{json}\n{error}");
    }
    assert_eq!(count, 9);
    let whole = format!("[\"genesis\", \"registry\", {{}}, {{}}, {{\"governance\": {address:?}}}, 7]");
    let error = ChainConfig::from_json(&whole.replace('\'', "")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("invalid type: sequence, expected fields by name"),
        "{error}"
    );
}

/// What is twice in a map is refused, not lost: in another case, and as a key that JSON does not forbid to repeat.
#[test]
fn nothing_is_twice() {
    let (upper, lower) = (format!("0x{}", "AB".repeat(32)), format!("0x{}", "ab".repeat(32)));
    let text = with(&format!(
        "genesis.measurements = {{ '{upper}' = 'banned', '{lower}' = 'allowed' }}"
    ));
    let error = ChainConfig::from_toml(&text).unwrap_err().to_string();
    let problem = format!("genesis.measurements: {lower} is there twice");
    assert!(
        error.contains(&problem) && error.starts_with("line 1, "),
        "{error}"
    );

    let governance = "\"governance\": \"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"";
    let json = |more: &str| ChainConfig::from_json(&format!("{{\"genesis\": {{{governance}, {more}}}}}"));
    let cases = [
        (
            format!("\"measurements\": {{\"{lower}\": \"banned\", \"{lower}\": \"banned\"}}"),
            problem.as_str(),
        ),
        (
            "\"minimum_tcb\": {\"tdx\": \"0x\", \"tdx\": \"0x00000001\"}".into(),
            "genesis.minimum_tcb: duplicate field `tdx`",
        ),
        (
            "\"roots\": {\"sgx\": \"none\", \"sgx\": \"default\"}".into(),
            "genesis.roots: duplicate field `sgx`",
        ),
    ];
    for (more, part) in &cases {
        let error = json(more).unwrap_err().to_string();
        assert!(error.contains(part), "{more}\n{part:?} is not in: {error}");
    }
    assert_eq!(cases.len(), 3);
    let once = json(&cases[0].0.replacen("ab", "ac", 1)).unwrap();
    assert_eq!(once.genesis.measurements.len(), 2);
}

/// An address in one case needs no checksum.
#[test]
fn addresses() {
    let checksummed = DEVELOPMENT_ACCOUNT.to_string();
    let lower = checksummed.to_lowercase();
    let upper = format!("0x{}", lower[2..].to_uppercase());
    for text in [checksummed, lower, upper] {
        let read = toml(&format!("genesis.governance = '{text}'"));
        assert_eq!(read.genesis.governance, DEVELOPMENT_ACCOUNT, "{text}");
    }
}

/// Two precompiles cannot have one address.
#[test]
fn duplicate_addresses() {
    let read = toml(&with(
        "addresses.proofs = '0x0000000000000000000000000000000000000300'",
    ));
    let error = read.aivm().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("0x0000000000000000000000000000000000000300"),
        "{error}"
    );
}

fn roots(vendor: &str, roots: &str) -> Result<ChainConfig, ConfigFileError> {
    ChainConfig::from_toml(&with(&format!("genesis.roots.{vendor} = {roots}")))
}

/// Several certificates, with any line ends, are one bundle.
#[test]
fn pem_is_der() {
    let three: String = snp::ROOTS.iter().map(|root| pem(root)).collect();
    for text in [
        three.clone(),
        three.replace('\n', "\r\n"),
        format!("\n\n{three}\n"),
    ] {
        let read = roots("sevsnp", &format!("{{ pem = '''{text}''' }}")).unwrap();
        assert_eq!(
            read.genesis.roots[&Vendor::SevSnp],
            Roots::Bundle(snp::ROOTS.concat().into())
        );
        let accounts = read.genesis.accounts(&read.aivm().unwrap());
        assert_eq!(accounts, defaults().genesis.accounts(&read.aivm().unwrap()));
    }
}

#[test]
fn pem_that_is_none() {
    let one = pem(intel::ROOT_CA);
    let cases = [
        (String::new(), PemError::Empty),
        ("MIIB".into(), PemError::Empty),
        (format!("# mine\n{one}"), PemError::Empty),
        (format!("{one}x"), PemError::Trailing(1)),
        (one.replace("-----END", "-----end"), PemError::NoEnd(1)),
        (
            format!("{one}{}", one.replace("MII", "M!I")),
            PemError::NotBase64(2),
        ),
        (pem(&[]), PemError::NoContent(1)),
        (format!("{one}{}", pem(&[])), PemError::NoContent(2)),
        (
            one.replace("BEGIN CERTIFICATE", "BEGIN PUBLIC KEY"),
            PemError::Empty,
        ),
    ];
    for (text, reason) in cases {
        let error = roots("sgx", &format!("{{ pem = '''{text}''' }}")).unwrap_err();
        assert_eq!(
            error,
            ConfigFileError::Pem {
                vendor: Vendor::Sgx,
                reason
            }
        );
        assert!(
            error.to_string().starts_with("genesis.roots.sgx.pem: "),
            "{error}"
        );
    }
}

/// What the registry would refuse is refused here too.
#[test]
fn what_genesis_refuses() {
    let accounts = |text: &str| {
        let read = toml(text);
        read.genesis.accounts(&read.aivm().unwrap()).map(|_| ())
    };
    for (score, refused) in [(99, false), (100, false), (101, true), (255, true)] {
        let result = accounts(&with(&format!("genesis.min_trust_score = {score}")));
        let expected = if refused {
            Err(GenesisError::TrustScoreOutOfRange(score))
        } else {
            Ok(())
        };
        assert_eq!(result, expected, "{score}");
    }
    let zero = format!("genesis.governance = '{}'", Address::ZERO);
    assert_eq!(accounts(&zero), Err(GenesisError::ZeroGovernance));
    for (len, refused) in [(0, false), (3, true), (4, false), (5, true), (32, true)] {
        let minimum = Bytes::from(vec![1; len]);
        let result = accounts(&with(&format!("genesis.minimum_tcb.tdx = '{minimum}'")));
        let vendor = Vendor::Tdx;
        let error = GenesisError::InvalidMinimumTcb { vendor, minimum };
        assert_eq!(result, if refused { Err(error) } else { Ok(()) }, "{len}");
    }
}

/// 1 to 32 members, ascending, each with some weight.
#[test]
fn committees() {
    let file = |members: &[(u8, u64)]| {
        let member = |(address, weight): &(u8, u64)| {
            format!(
                "{{ address = '{}', weight = {weight} }},",
                Address::with_last_byte(*address)
            )
        };
        let members: String = members.iter().map(member).collect();
        with(&format!(
            "genesis.light_client = {{ source_chain_id = 1, members = [{members}] }}"
        ))
    };
    let many = |count: u8| (1..=count).map(|address| (address, 1)).collect::<Vec<_>>();
    for count in [1, 31, 32] {
        let client = toml(&file(&many(count))).genesis.light_client.unwrap();
        assert_eq!(client.committee.iter().len(), usize::from(count));
        assert_eq!(client.from_height, U256::ZERO);
    }
    let cases = [
        (vec![], CommitteeError::Size(0)),
        (many(33), CommitteeError::Size(33)),
        (vec![(2, 1), (1, 1)], CommitteeError::Order(1)),
        (vec![(1, 1), (1, 1)], CommitteeError::Order(1)),
        (vec![(0, 1)], CommitteeError::Order(0)),
        (vec![(1, 0)], CommitteeError::ZeroWeight(0)),
    ];
    for (members, problem) in cases {
        let error = ChainConfig::from_toml(&file(&members)).unwrap_err();
        assert_eq!(error, ConfigFileError::Committee(problem));
        assert!(
            error.to_string().starts_with("genesis.light_client.members: "),
            "{error}"
        );
    }
}
