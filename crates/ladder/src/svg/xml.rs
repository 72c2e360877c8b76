//! A writer for XML, and for HTML that is XML too, which escapes every text.

/// A document of XML, or of HTML that is XML too, being written. Every text and every attribute's
/// value is escaped; the names of elements and attributes are not.
#[derive(Debug, Default)]
pub struct Xml {
    text: String,
}

/// An attribute's name and value.
pub type Attribute = (&'static str, String);

impl Xml {
    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[Attribute]) {
        self.start(name, attributes);
        self.text.push('>');
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[Attribute]) {
        self.start(name, attributes);
        self.text.push_str("/>\n");
    }

    /// An element with a text.
    pub fn text_element(&mut self, name: &str, attributes: &[Attribute], text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// An element whose content is our own markup and is not escaped.
    pub fn raw_element(&mut self, name: &str, content: &str) {
        self.open(name, &[]);
        self.text.push_str(content);
        self.close(name);
    }

    /// Our own markup, not escaped.
    pub fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// A text, escaped.
    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.text);
    }

    /// A `tspan`, not followed by a line break, which would be rendered as a blank.
    pub(crate) fn span(&mut self, class: &str, text: &str) {
        self.start("tspan", &[("class", class.to_owned())]);
        self.text.push('>');
        self.text(text);
        self.text.push_str("</tspan>");
    }

    /// The finished document.
    pub fn finish(self) -> String {
        self.text
    }

    fn start(&mut self, name: &str, attributes: &[Attribute]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.text(value);
            self.text.push('"');
        }
    }
}

/// Escapes for XML and HTML, in text and in quoted attributes. Characters that XML forbids become
/// U+FFFD.
pub(crate) fn escape(text: &str, into: &mut String) {
    for char in text.chars() {
        match char {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            '\n' | '\t' => into.push(char),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                into.push('\u{fffd}');
            }
            _ => into.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let mut xml = Xml::default();
        xml.text_element("text", &[("id", "\"><script>".to_owned())], "</text>\u{1b}&");
        let text = xml.finish();
        assert_eq!(
            text,
            "<text id=\"&quot;&gt;&lt;script&gt;\">&lt;/text&gt;\u{fffd}&amp;</text>\n"
        );
    }
}
