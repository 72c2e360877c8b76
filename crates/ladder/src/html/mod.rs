//! The ladder as a page.
/// Style.
#[derive(Clone, Debug, Default)]
pub struct HtmlStyle {
    /// Title.
    pub title: String,
}
impl crate::Ladder {
    /// Page.
    pub fn to_html(&self, _style: &HtmlStyle) -> String {
        String::new()
    }
}
