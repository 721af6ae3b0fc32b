//! Canonical XML 1.1 (<https://www.w3.org/TR/xml-c14n11/>), without comments, of the XML that RIM files need.
//!
//! Outside of that, and refused: document types and entities, processing instructions, comments, `xml:`
//! attributes, deep nesting. So none of the rules that differ between versions of Canonical XML apply, and nothing
//! is left out silently.

use roxmltree::{Attribute, Document, Namespace, Node, NodeType, ParsingOptions};

/// The most nodes in a file. A genuine RIM has about 200.
const MAX_NODES: u32 = 10_000;

/// How deep elements may be nested. In a genuine RIM it is six.
const MAX_DEPTH: usize = 16;

/// The namespace of `xml:lang` and the like.
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// Parses XML that has nothing in it which [`canonical`] could not write.
pub(super) fn parse(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    for node in document.descendants() {
        check(&node)?;
    }
    Ok(document)
}

fn check(node: &Node<'_, '_>) -> Result<(), String> {
    let at = || node.document().text_pos_at(node.range().start);
    match node.node_type() {
        NodeType::Comment => return Err(format!("there is a comment at {}", at())),
        NodeType::PI => return Err(format!("there is a processing instruction at {}", at())),
        NodeType::Root | NodeType::Element | NodeType::Text => {}
    }
    if node
        .attributes()
        .any(|attribute| attribute.namespace() == Some(XML_NAMESPACE))
    {
        return Err(format!("there is an xml: attribute at {}", at()));
    }
    if node.ancestors().nth(MAX_DEPTH).is_some() {
        return Err(format!("elements are nested too deeply at {}", at()));
    }
    Ok(())
}

/// The canonical form of `apex` and what is in it, but for the element `without`.
pub(super) fn canonical(apex: Node<'_, '_>, without: Option<Node<'_, '_>>) -> String {
    let mut writer = Writer {
        apex,
        without,
        text: String::new(),
    };
    writer.element(apex);
    writer.text
}

struct Writer<'a, 'input> {
    apex: Node<'a, 'input>,
    without: Option<Node<'a, 'input>>,
    text: String,
}

impl<'a, 'input> Writer<'a, 'input> {
    fn element(&mut self, node: Node<'a, 'input>) {
        let name = element_name(&node);
        self.text.push('<');
        self.text.push_str(name);
        self.namespaces(&node);
        self.attributes(&node);
        self.text.push('>');
        for child in node.children() {
            if Some(child) == self.without {
                continue;
            }
            if child.is_element() {
                self.element(child);
            } else {
                escape_text(child.text().unwrap_or_default(), &mut self.text);
            }
        }
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// The namespaces in scope that the parent, if it is written, does not have with the same value; by prefix.
    fn namespaces(&mut self, node: &Node<'a, 'input>) {
        let parent = node.parent_element().filter(|_| *node != self.apex);
        let of_parent = |prefix: &str| {
            let mut namespaces = parent.iter().flat_map(Node::namespaces);
            namespaces.find(|namespace| prefix_of(namespace) == prefix)
        };
        let is_new = |namespace: &&Namespace<'_>| {
            let written = of_parent(prefix_of(namespace)).map_or("", Namespace::uri);
            namespace.uri() != written && namespace.uri() != XML_NAMESPACE
        };
        let mut new: Vec<_> = node.namespaces().filter(is_new).collect();
        new.sort_unstable_by_key(|namespace| prefix_of(namespace));
        for namespace in new {
            let name = namespace
                .name()
                .map_or("xmlns".to_owned(), |name| format!("xmlns:{name}"));
            self.attribute(&name, namespace.uri());
        }
    }

    /// Attributes by namespace, then by name.
    fn attributes(&mut self, node: &Node<'a, 'input>) {
        let mut attributes: Vec<_> = node.attributes().collect();
        attributes
            .sort_unstable_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
        for attribute in attributes {
            self.attribute(attribute_name(node, &attribute), attribute.value());
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        escape_attribute(value, &mut self.text);
        self.text.push('"');
    }
}

fn prefix_of<'a>(namespace: &'a Namespace<'_>) -> &'a str {
    namespace.name().unwrap_or_default()
}

/// An element's name with its prefix, as the file has it: what follows `<`.
fn element_name<'input>(node: &Node<'_, 'input>) -> &'input str {
    let start = node.range().start.saturating_add(1);
    let from = node.document().input_text().get(start..).unwrap_or_default();
    let end = from.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    from.get(..end.unwrap_or(from.len())).unwrap_or_default()
}

/// An attribute's name with its prefix, as the file has it.
fn attribute_name<'input>(node: &Node<'_, 'input>, attribute: &Attribute<'_, 'input>) -> &'input str {
    let text = node.document().input_text();
    text.get(attribute.range_qname()).unwrap_or_default()
}

fn escape_text(text: &str, target: &mut String) {
    for character in text.chars() {
        match character {
            '&' => target.push_str("&amp;"),
            '<' => target.push_str("&lt;"),
            '>' => target.push_str("&gt;"),
            '\r' => target.push_str("&#xD;"),
            other => target.push(other),
        }
    }
}

fn escape_attribute(value: &str, target: &mut String) {
    for character in value.chars() {
        match character {
            '&' => target.push_str("&amp;"),
            '<' => target.push_str("&lt;"),
            '"' => target.push_str("&quot;"),
            '\t' => target.push_str("&#x9;"),
            '\n' => target.push_str("&#xA;"),
            '\r' => target.push_str("&#xD;"),
            other => target.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
