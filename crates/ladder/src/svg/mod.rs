//! The ladder as SVG.
use crate::Ladder;
/// Style.
#[derive(Clone, Copy, Debug, Default)]
pub struct SvgStyle {
    /// Theme.
    pub theme: Theme,
}
/// Theme.
#[derive(Clone, Copy, Debug, Default)]
pub enum Theme {
    /// Auto.
    #[default]
    Auto,
}
impl Ladder {
    /// Draws.
    pub fn to_svg(&self, _style: &SvgStyle) -> String {
        String::new()
    }
}
