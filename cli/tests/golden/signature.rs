//! What was changed, moved or added after NVIDIA signed; and signatures of another form.

use super::{accepted, assert_refused, inspect, inspect_made_up, rim::Rim, vbios};

/// Replaces what must be there exactly once.
fn replace(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replacen(from, to, 1)
}

/// The part from one text to the end of another.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap() + to.len();
    &text[start..end]
}

fn signature(text: &str) -> &str {
    part(text, "<ds:Signature ", "</ds:Signature>")
}

#[test]
fn refuses_what_was_changed() {
    let genuine = vbios();
    let cases = [
        (
            genuine.replacen("c3f65ef7", "c3f65ef8", 1),
            "changed after it was signed",
        ),
        (
            genuine.replacen("active=\"False\"", "active=\"True\"", 1),
            "changed after it was signed",
        ),
        (
            replace(
                &genuine,
                "colloquialVersion=\"96.00.5E.00.01\"",
                "colloquialVersion=\"96.00.5E.00.02\"",
            ),
            "changed after",
        ),
        (
            replace(&genuine, "</ns0:Payload>\n", "</ns0:Payload>\n\n"),
            "changed after",
        ),
        (
            replace(&genuine, "<ds:DigestValue>D3", "<ds:DigestValue>D4"),
            "changed after",
        ),
        // White space in SignedInfo is signed too.
        (
            replace(&genuine, "<ds:SignedInfo>", "<ds:SignedInfo> "),
            "not by the certificate",
        ),
        (
            replace(&genuine, "<ds:SignatureValue>s5", "<ds:SignatureValue>s6"),
            "not by the certificate",
        ),
        (
            replace(&genuine, "<ds:SignatureValue>s5JY", "<ds:SignatureValue>"),
            "96 bytes",
        ),
        (
            replace(&genuine, "<ds:SignatureValue>s5", "<ds:SignatureValue>!!"),
            "not base64",
        ),
        (replace(&genuine, signature(&genuine), ""), "not signed"),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect(&format!("changed-{number}"), text), why);
    }
    assert_eq!(cases.len(), 10);
}

#[test]
fn does_not_mind_what_canonical_xml_does_not_see() {
    let genuine = vbios();
    let expected = accepted(&inspect("same", &genuine));
    let same = [
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{genuine}\n"),
        genuine.replace('\n', "\r\n"),
        replace(
            &genuine,
            "<ns0:Entity name=\"NVIDIA Corporation\" role=",
            "<ns0:Entity\n  name='NVIDIA Corporation'   role=",
        ),
        genuine.replace("size=\"48\"/>", "size=\"48\"></ns0:Resource>"),
    ];
    for text in &same {
        assert_ne!(*text, genuine);
        let mut json = accepted(&inspect("same", text));
        json["file"] = expected["file"].clone();
        assert_eq!(json, expected);
    }
    assert_eq!(same.len(), 4);
}

/// The genuine content, with its genuine signature, is somewhere in the file, and another in its place.
#[test]
fn refuses_signature_wrapping() {
    let genuine = vbios();
    let signature = signature(&genuine);
    let content = replace(&genuine, signature, "");
    let forged = content.replace("c3f65ef7", "deadbeef");
    let end = "</SoftwareIdentity>";
    let inside = |outer: &str, inner: &str| replace(outer, end, &format!("{inner}{end}"));

    let cases = [
        // The genuine document within a forged one.
        (inside(&forged, &genuine), "not where NVIDIA puts it"),
        // The genuine signature on a forged document that carries the genuine content in an Object.
        (
            inside(
                &forged,
                &replace(
                    signature,
                    "</ds:KeyInfo>",
                    &format!("</ds:KeyInfo><ds:Object>{content}</ds:Object>"),
                ),
            ),
            "not of the form",
        ),
        // A second payload beside the signed one, inside the signature, which the digest leaves out.
        (
            inside(
                &content,
                &replace(
                    signature,
                    "<ds:SignedInfo>",
                    &format!(
                        "{}<ds:SignedInfo>",
                        part(&forged, "<ns0:Payload", "</ns0:Payload>")
                            .replace("<ns0:Payload", "<ns0:Payload xmlns:ns0=\"urn:x\"")
                    ),
                ),
            ),
            "not of the form",
        ),
        // Two signatures: at the end, and one in the payload.
        (
            inside(&content, &format!("{signature}{signature}")),
            "more than one signature",
        ),
        (
            inside(&content, signature).replacen("<ns0:Payload", &format!("{signature}<ns0:Payload"), 1),
            "more than one signature",
        ),
        // The signature somewhere else.
        (
            replace(&content, "</ns0:Payload>", &format!("{signature}</ns0:Payload>")),
            "not where NVIDIA puts it",
        ),
        // The signature as the whole document, the content within.
        (
            replace(signature, "</ds:KeyInfo>", &format!("</ds:KeyInfo>{content}")),
            "not where NVIDIA puts it",
        ),
        // A signature of another namespace.
        (
            genuine.replace("http://www.w3.org/2000/09/xmldsig#\"", "urn:other\""),
            "not where NVIDIA puts it",
        ),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect(&format!("wrapping-{number}"), text), why);
    }
    assert_eq!(cases.len(), 8);
}

#[test]
fn refuses_xml_that_it_cannot_canonicalize() {
    let genuine = vbios();
    let bomb = format!(
        "<!DOCTYPE a [<!ENTITY a \"{}\"><!ENTITY b \"{}\">]><a>&b;</a>",
        "x".repeat(1000),
        "&a;".repeat(1000)
    );
    let external = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let cases = [
        (format!("{external}{genuine}"), "DTD"),
        (bomb, "DTD"),
        (
            replace(&genuine, "<ds:SignedInfo>", "&x;<ds:SignedInfo>"),
            "unknown entity",
        ),
        (
            replace(&genuine, "<ds:SignedInfo>", "<!-- --><ds:SignedInfo>"),
            "a comment",
        ),
        (
            replace(&genuine, "</ns0:Payload>", "<!-- --></ns0:Payload>"),
            "a comment",
        ),
        (
            format!("<?xml-stylesheet href=\"x\"?>{genuine}"),
            "a processing instruction",
        ),
        (
            genuine.replacen(" corpus=", " xml:lang=\"en\" corpus=", 1),
            "an xml: attribute",
        ),
        ("<a>".repeat(20_000) + &"</a>".repeat(20_000), "XML"),
        ("no XML".into(), "XML"),
        (String::new(), "XML"),
        (genuine.chars().take(10_000).collect(), "XML"),
        ("<a/>".into(), "not signed"),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect(&format!("xml-{number}"), text), why);
    }
    assert_eq!(cases.len(), 12);
}

/// Each file is signed as it is, so only its form can be what is wrong.
#[test]
fn refuses_signatures_of_another_form() {
    accepted(&inspect_made_up("form", &Rim::driver().sign()));
    let c14n11 = "http://www.w3.org/2006/12/xml-c14n11";
    let transform = format!("<ds:Transform Algorithm=\"{c14n11}\"></ds:Transform>");
    let reference = "<ds:Reference URI=\"\">";
    let cases = [
        (reference.into(), "<ds:Reference URI=\"#payload\">".into(), "Reference"),
        (reference.into(), "<ds:Reference>".into(), "Reference"),
        (reference.into(), "<ds:Reference Id=\"a\" URI=\"\">".into(), "Reference"),
        (transform.clone(), String::new(), "Transforms"),
        (transform.clone(), format!("{transform}{transform}"), "Transforms"),
        (transform.clone(), transform.replace("></", "> x</"), "Transform"),
        (transform.clone(), transform.replace(c14n11, "http://www.w3.org/TR/1999/REC-xslt-19991116"), "Transform"),
        ("xmldsig-more#sha384".into(), "xmldsig-more#sha224".into(), "DigestMethod"),
        ("xmldsig-more#ecdsa-sha384".into(), "xmldsig-more#hmac-sha384".into(), "SignatureMethod"),
        ("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\"".to_owned(), "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"".to_owned(), "CanonicalizationMethod"),
        ("</ds:Reference>".into(), format!("</ds:Reference>{reference}</ds:Reference>"), "SignedInfo"),
        ("</ds:SignedInfo>".into(), "text</ds:SignedInfo>".into(), "SignedInfo"),
    ];
    for (number, (from, to, why)) in cases.iter().enumerate() {
        let changed = Rim {
            signed_info: vec![(from.clone(), to.clone())],
            ..Rim::driver()
        };
        assert_refused(&inspect_made_up(&format!("form-{number}"), &changed.sign()), why);
    }
    assert_eq!(cases.len(), 12);
}

#[test]
fn reads_only_certificates_beside_the_signature() {
    let signed = Rim::driver().sign();
    let data = "<ds:X509Data>";
    let cases = [
        (
            replace(&signed, data, "<ds:X509Data><ds:X509CRL>AA==</ds:X509CRL>"),
            "more than certificates",
        ),
        (
            replace(&signed, "<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName>"),
            "KeyInfo",
        ),
        (
            signed.replacen("<ds:X509Certificate>", "<ds:X509Certificate>*", 1),
            "not base64",
        ),
    ];
    for (number, (text, why)) in cases.iter().enumerate() {
        assert_refused(&inspect_made_up(&format!("key-info-{number}"), text), why);
    }
    // White space between them is no matter.
    accepted(&inspect_made_up(
        "key-info",
        &replace(&signed, data, "<ds:X509Data>\n  "),
    ));
}
