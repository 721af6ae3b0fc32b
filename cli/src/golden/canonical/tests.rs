//! The expected forms are libxml2's.

use super::{canonical, parse};

const FORMS: [(&str, &str); 11] = [
    ("<a/>", "<a></a>"),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a></a>\n", "<a></a>"),
    (
        "<a xmlns:z=\"urn:a\" xmlns:y=\"urn:b\" c=\"3\" y:a=\"1\" z:b=\"2\" b='x\"y'/>",
        "<a xmlns:y=\"urn:b\" xmlns:z=\"urn:a\" b=\"x&quot;y\" c=\"3\" z:b=\"2\" y:a=\"1\"></a>",
    ),
    (
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><p:b xmlns:p=\"urn:p\"/><b xmlns:p=\"urn:q\"><p:c/></b></a>",
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><p:b></p:b><b xmlns:p=\"urn:q\"><p:c></p:c></b></a>",
    ),
    (
        "<a xmlns=\"urn:d\"><b xmlns=\"\"><c xmlns=\"\"/></b></a>",
        "<a xmlns=\"urn:d\"><b xmlns=\"\"><c></c></b></a>",
    ),
    ("<a xmlns=\"\"><b xmlns=\"\"/></a>", "<a><b></b></a>"),
    (
        "<a>1 &lt; 2 &amp; 3 &gt; 2 &#13; \" ' é &#xe9; <![CDATA[<&>]]> end</a>",
        "<a>1 &lt; 2 &amp; 3 &gt; 2 &#xD; \" ' é é &lt;&amp;&gt; end</a>",
    ),
    (
        "<a b=\"1 &lt; 2 &amp; 3 > 2 &quot; ' &#9;&#10;&#13;&#x20; é\" c=\"a\nb\tc\"/>",
        "<a b=\"1 &lt; 2 &amp; 3 > 2 &quot; ' &#x9;&#xA;&#xD;  é\" c=\"a b c\"></a>",
    ),
    ("<a>\r\n<b\r\n c=\"1\"\r\n/>\r</a>", "<a>\n<b c=\"1\"></b>\n</a>"),
    (
        "<e xmlns:b=\"urn:b\" xmlns:a=\"urn:a\" xmlns=\"urn:0\" b:z=\"1\" a:z=\"2\" z=\"3\" a=\"4\" \
         xmlns:c=\"urn:0\"><c:f/></e>",
        "<e xmlns=\"urn:0\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" xmlns:c=\"urn:0\" a=\"4\" z=\"3\" a:z=\"2\" \
         b:z=\"1\"><c:f></c:f></e>",
    ),
    ("<a\n>x</a\n>", "<a>x</a>"),
];

#[test]
fn writes_what_libxml2_writes() {
    for (text, expected) in FORMS {
        let document = parse(text).unwrap();
        assert_eq!(canonical(document.root_element(), None), expected);
        let again = parse(expected).unwrap();
        assert_eq!(
            canonical(again.root_element(), None),
            expected,
            "canonical once more"
        );
    }
}

#[test]
fn writes_a_part_with_the_namespaces_around_it() {
    let text =
        "<r xmlns=\"urn:d\" xmlns:s=\"urn:s\" xmlns:u=\"urn:u\"><s:a><s:b k=\"1\">x</s:b></s:a> <c/></r>";
    let document = parse(text).unwrap();
    let outer = document.root_element().first_element_child().unwrap();
    let part = canonical(outer.first_element_child().unwrap(), None);
    assert_eq!(
        part,
        "<s:b xmlns=\"urn:d\" xmlns:s=\"urn:s\" xmlns:u=\"urn:u\" k=\"1\">x</s:b>"
    );

    let without = canonical(document.root_element(), Some(outer));
    assert_eq!(
        without,
        "<r xmlns=\"urn:d\" xmlns:s=\"urn:s\" xmlns:u=\"urn:u\"> <c></c></r>"
    );
}

#[test]
fn refuses_what_it_could_not_write() {
    let deep = format!("{}{}", "<a>".repeat(16), "</a>".repeat(16));
    let wide = format!("<a>{}</a>", "<b/>".repeat(10_000));
    let cases = [
        ("<!DOCTYPE a><a/>", "DTD"),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DTD"),
        ("<a>&b;</a>", "unknown entity"),
        ("<a><!-- b --></a>", "a comment"),
        ("<?b c?><a/>", "a processing instruction"),
        ("<a xml:lang=\"en\"/>", "an xml: attribute"),
        ("<a b=\"1\" b=\"2\"/>", "attribute"),
        ("<a><b></a>", "expected"),
        ("<a/><a/>", "unknown token"),
        ("<p:a/>", "namespace prefix"),
        (&deep, "nested too deeply"),
        (&wide, "nodes limit"),
    ];
    for (text, why) in cases {
        let error = parse(text).unwrap_err();
        assert!(error.contains(why), "{why:?} is not in {error:?}");
    }
}
