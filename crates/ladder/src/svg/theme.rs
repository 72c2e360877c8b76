//! The colours and fonts of SVG and HTML, light and dark.

/// A colour scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Theme {
    /// Light or dark, as the reader's system prefers.
    #[default]
    Auto,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// The number of connection colours, which are used in turn.
pub(crate) const CONNECTIONS: usize = 6;

/// One set of colours. Text has a contrast of at least 4.5 to 1 with what it stands on, and lines that
/// mean something one of 3 to 1 (WCAG 2 AA): a test measures it.
struct Palette {
    ground: &'static str,
    ink: &'static str,
    faint: &'static str,
    rail: &'static str,
    card: &'static str,
    edge: &'static str,
    wait: &'static str,
    wait_ink: &'static str,
    wrong: &'static str,
    decisive: &'static str,
    note: &'static str,
    connections: [&'static str; CONNECTIONS],
}

const LIGHT: Palette = Palette {
    ground: "#f7f8fa",
    ink: "#1b2330",
    faint: "#5b6675",
    rail: "#868f9d",
    card: "#ffffff",
    edge: "#d5dae2",
    wait: "#b87b12",
    wait_ink: "#8a5a00",
    wrong: "#c02434",
    decisive: "#fff3c4",
    note: "#e9eff8",
    connections: ["#0969a8", "#1a7f4b", "#8a3fb0", "#b3541e", "#3f51b5", "#0b7a75"],
};

const DARK: Palette = Palette {
    ground: "#12161d",
    ink: "#e6eaf0",
    faint: "#9aa5b4",
    rail: "#6e7a8a",
    card: "#1b212b",
    edge: "#323c4a",
    wait: "#b98222",
    wait_ink: "#f0bd5e",
    wrong: "#ff7b81",
    decisive: "#3d3413",
    note: "#1e2836",
    connections: ["#5cb3f2", "#5fd08f", "#cf8df0", "#f2a065", "#97a5ff", "#4fd1c9"],
};

/// The monospace fonts: their advance width is about 0.6 em.
pub(crate) const MONO: &str =
    "ui-monospace,'JetBrains Mono',SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/// The reader's own colours, where the system forces them: letters and lines in one, grounds in the
/// other.
const FORCED: &str = "@media (forced-colors:active){\
    .ladder text,.ladder tspan,.ladder .bar,.ladder .proof,.ladder .tip{fill:CanvasText!important}\
    .ladder .ground,.ladder .card,.ladder .heading,.ladder .caption,.ladder .note{fill:Canvas}\
    .ladder .card,.ladder .heading,.ladder .band,.ladder .line,.ladder .rail,.ladder .waits\
    {stroke:CanvasText!important}.ladder .decisive{fill:none}}\n";

/// The style sheet of the drawing.
pub(crate) fn css(theme: Theme) -> String {
    let colors = match theme {
        Theme::Light => rules(&LIGHT),
        Theme::Dark => rules(&DARK),
        Theme::Auto => {
            let dark = rules(&DARK);
            format!("{}@media (prefers-color-scheme:dark){{{dark}}}\n", rules(&LIGHT))
        }
    };
    format!(
        "\n.ladder text{{font:13px {MONO};white-space:pre}}\n\
         .ladder .small{{font-size:11.5px}}\n\
         .ladder .name,.ladder .head{{font-weight:700}}\n\
         .ladder .result{{font-weight:600}}\n\
         .ladder .line{{fill:none;stroke-width:1.8}}\n\
         .ladder .end{{stroke-dasharray:5 4}}\n\
         .ladder .inferred{{stroke-dasharray:1.5 4;stroke-linecap:round}}\n\
         .ladder .frame{{stroke-width:1.4}}\n\
         .ladder .rail{{stroke-width:2;fill:none}}\n\
         .ladder .rail.outside{{stroke-dasharray:2 5}}\n\
         .ladder .waits{{stroke-width:8;fill:none;stroke-dasharray:2 4}}\n\
         .ladder .card{{stroke-width:1}}\n\
         .ladder .kernel{{stroke-dasharray:4 3}}\n\
         .ladder .band{{fill:none;stroke-dasharray:3 4}}\n\
         .ladder .hit{{fill:transparent}}\n\
         .ladder .silence{{stroke-dasharray:1 5}}\n\
         .ladder .note{{fill-opacity:.88}}\n{colors}{FORCED}"
    )
}

fn rules(palette: &Palette) -> String {
    let Palette { ground, ink, faint, rail, card, edge, wait, wait_ink, wrong, .. } = palette;
    let Palette { decisive, note, connections, .. } = palette;
    let mut rules = format!(
        ".ladder .ground,.ladder .caption{{fill:{ground}}}\n\
         .ladder text{{fill:{ink}}}\n\
         .ladder .faint,.ladder text.faint{{fill:{faint}}}\n\
         .ladder .rail{{stroke:{rail}}}\n\
         .ladder .waits{{stroke:{wait}}}\n\
         .ladder .wait{{fill:{wait_ink}}}\n\
         .ladder .mark,.ladder text.mark{{fill:{wrong}}}\n\
         .ladder .wrong{{stroke:{wrong}}}\n\
         .ladder .bar{{fill:{rail}}}\n\
         .ladder .bar.wrong{{fill:{wrong};stroke:none}}\n\
         .ladder .card,.ladder .heading{{fill:{card};stroke:{edge}}}\n\
         .ladder .band,.ladder .silence{{stroke:{faint}}}\n\
         .ladder .decisive{{fill:{decisive}}}\n\
         .ladder .proof{{fill:{wait_ink}}}\n\
         .ladder .note{{fill:{note}}}\n\
         .ladder .line{{stroke:{faint}}}\n\
         .ladder .tip{{fill:{faint}}}\n"
    );
    for (number, color) in connections.iter().enumerate() {
        rules.push_str(&format!(
            ".ladder .c{number} .name,.ladder .c{number} .number,.ladder .c{number} .data,\
             .ladder text.c{number},.ladder .bar.c{number},.ladder .tip.c{number}\
             {{fill:{color}}}\n.ladder .line.c{number}{{stroke:{color}}}\n"
        ));
    }
    rules
}

/// The colours of the page around a drawing, as CSS custom properties: `--ground`, `--ink`, `--faint`,
/// `--card`, `--edge`, `--wrong`, `--decisive`, `--note`, `--link`, and `--c0` to `--c5`.
pub fn page_colors(theme: Theme) -> String {
    let set = |palette: &Palette| {
        let Palette { ground, ink, faint, card, edge, wrong, decisive, note, connections, .. } =
            palette;
        let link = connections[0];
        let colors = connections.iter().enumerate();
        let colors = colors.map(|(number, color)| format!(";--c{number}:{color}"));
        let colors: String = colors.collect();
        format!(
            "--ground:{ground};--ink:{ink};--faint:{faint};--card:{card};--edge:{edge};\
             --wrong:{wrong};--decisive:{decisive};--note:{note};--link:{link}{colors}"
        )
    };
    let items = (0..CONNECTIONS)
        .map(|number| format!(".item.c{number}{{border-left-color:var(--c{number})}}"));
    let items: String = items.collect();
    let root = match theme {
        Theme::Light => format!(":root{{color-scheme:light;{}}}\n", set(&LIGHT)),
        Theme::Dark => format!(":root{{color-scheme:dark;{}}}\n", set(&DARK)),
        Theme::Auto => format!(
            ":root{{color-scheme:light dark;{}}}\n\
             @media (prefers-color-scheme:dark){{:root{{{}}}}}\n",
            set(&LIGHT),
            set(&DARK)
        ),
    };
    format!("{root}{items}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(color: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn text_and_lines_stand_out_in_both_schemes() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 0.01);
        for palette in [&LIGHT, &DARK] {
            let Palette { ground, ink, faint, rail, card, wait, wait_ink, wrong, .. } = palette;
            let mut pairs = Vec::new();
            for below in [ground, card, &palette.decisive, &palette.note] {
                pairs.extend([ink, faint, wrong].map(|above| (above, below, 4.5)));
            }
            for below in [ground, card] {
                pairs.extend(palette.connections.iter().map(|above| (above, below, 4.5)));
                pairs.extend([(wait_ink, below, 4.5), (wait, below, 3.0), (rail, below, 3.0)]);
            }
            pairs.push((wait_ink, &palette.decisive, 3.0));
            for (above, below, least) in pairs {
                let seen = contrast(above, below);
                assert!(seen >= least, "{above} on {below}: {seen:.2}, not {least}");
            }
        }
    }
}
