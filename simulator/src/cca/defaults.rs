//! What a valid token says.

use super::*;

/// The platform profile of tag 399 tokens.
pub const LEGACY_PROFILE: &str = "http://arm.com/CCA-SSD/1.0.0";

/// The platform profile of 2023.
pub const PLATFORM_PROFILE: &str = "tag:arm.com,2023:cca_platform#1.0.0";

/// The realm profile of 2023.
pub const REALM_PROFILE: &str = "tag:arm.com,2023:realm#1.0.0";

impl Scenario {
    /// A valid token of this form.
    pub fn new(form: Form) -> Self {
        let mut scenario = Self {
            form,
            rak_form: RakForm::Sec1,
            platform: platform_claims(),
            realm: realm_claims(),
            platform_sign1: Sign1::new(Key::new("cpak", Curve::P384)),
            realm_sign1: Sign1::new(Key::new("rak", Curve::P384)),
            envelope: Envelope {
                tag: None,
                wrapped_as: None,
                content_format: EAT_CWT,
                platform: None,
                realm: None,
                edits: Vec::new(),
                trailing: Vec::new(),
                raw: None,
            },
        };
        match form {
            Form::Legacy => scenario.use_legacy_profile(),
            Form::Collection => scenario.use_profile_2023(),
        }
        scenario
    }

    /// The profile without a realm profile, and with the RAK in SEC 1 form.
    pub fn use_legacy_profile(&mut self) {
        self.platform.profile = LEGACY_PROFILE.into();
        self.realm.profile = None;
        self.rak_form = RakForm::Sec1;
    }

    /// The profiles of 2023, with the RAK as COSE_Key.
    pub fn use_profile_2023(&mut self) {
        self.platform.profile = PLATFORM_PROFILE.into();
        self.realm.profile = Some(REALM_PROFILE.into());
        self.rak_form = RakForm::CoseKey;
    }
}

fn platform_claims() -> PlatformClaims {
    let mut instance_id = [0xc1; 33];
    instance_id[0] = 1;
    PlatformClaims {
        profile: String::new(),
        challenge: None,
        implementation_id: *b"aivm simulator, implementation 1",
        instance_id,
        config: vec![0xcf; 4],
        lifecycle: 0x3003,
        hash_algorithm: Some("sha-256".into()),
        components: vec![
            Component::new("RSE_BL1_2", 0x11, 0x51),
            Component::new("AP_BL31", 0x12, 0x51),
            Component {
                version: Some("1.2.3".into()),
                ..Component::new("RMM", 0x13, 0x52)
            },
        ],
        service: Some("https://example.org/verification".into()),
        edits: Vec::new(),
    }
}

fn realm_claims() -> RealmClaims {
    RealmClaims {
        profile: None,
        challenge: [[0x22; 32], [0x33; 32]].concat(),
        personalization: vec![0x44; 64],
        hash_algorithm: "sha-256".into(),
        rak: None,
        rim: vec![0x71; 32],
        rem: vec![vec![0x72; 32], vec![0x73; 32], vec![0; 32], vec![0; 32]],
        rak_hash_algorithm: "sha-256".into(),
        edits: Vec::new(),
    }
}
