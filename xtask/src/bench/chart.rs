//! What a call costs each contender, as a picture.

use std::error::Error;
use std::io;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use revops_bench::{Figure, Report};

const MEASURE: &str = "instructions";
const SIZE: (u32, u32) = (860, 400);
const COLOURS: [RGBColor; 7] = [
    RGBColor(0x9a, 0xa5, 0xb1),
    RGBColor(0x52, 0x60, 0x6d),
    RGBColor(0xd9, 0x82, 0x2b),
    RGBColor(0x4a, 0x90, 0xd9),
    RGBColor(0x1f, 0x5f, 0xa8),
    RGBColor(0x6b, 0x8e, 0x23),
    RGBColor(0xb0, 0x3a, 0x48),
];

/// Whether the chart shows what a report says it has left out, such as `instructions: valgrind is not here`.
pub(super) fn shows(left_out: &str) -> bool {
    left_out.split(':').next() == Some(MEASURE)
}

/// Draws the instructions of each operation as ratios to the baseline; nothing if none were counted.
pub(super) fn draw(report: &Report, path: &Path) -> io::Result<()> {
    let bars: Vec<&Figure> = report
        .figures
        .iter()
        .filter(|figure| figure.ratio.is_some() && figure.row().ends_with(MEASURE))
        .collect();
    if bars.is_empty() {
        return Ok(());
    }
    drawn(&bars, path).map_err(|error| io::Error::other(error.to_string()))
}

fn drawn(bars: &[&Figure], path: &Path) -> Result<(), Box<dyn Error>> {
    let mut operations: Vec<&str> = Vec::new();
    let mut contenders: Vec<&str> = Vec::new();
    for bar in bars {
        let operation = bar.row().split('/').next().unwrap_or_default();
        if !operations.contains(&operation) {
            operations.push(operation);
        }
        if !contenders.contains(&bar.contender()) {
            contenders.push(bar.contender());
        }
    }
    let highest = bars.iter().filter_map(|bar| bar.ratio).fold(1.0, f64::max) * 1.1;
    let canvas = SVGBackend::new(path, SIZE).into_drawing_area();
    canvas.fill(&WHITE)?;
    let width = f64::from(u32::try_from(operations.len())?);
    let mut chart = ChartBuilder::on(&canvas)
        .caption("Instructions per call, reqwest by hand = 1", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..width, 0.0..highest)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .y_desc("ratio")
        .y_label_formatter(&|ratio| format!("{ratio:.1}"))
        .draw()?;
    let slot = 0.8 / f64::from(u32::try_from(contenders.len())?);
    for (nth, contender) in contenders.iter().enumerate() {
        let colour = COLOURS[nth % COLOURS.len()];
        let offset = 0.1 + slot * f64::from(u32::try_from(nth)?);
        let mut rectangles = Vec::new();
        for (place, operation) in operations.iter().enumerate() {
            let bar = bars
                .iter()
                .find(|bar| bar.contender() == *contender && bar.row().starts_with(&format!("{operation}/")));
            let Some(ratio) = bar.and_then(|bar| bar.ratio) else { continue };
            let left = f64::from(u32::try_from(place)?) + offset;
            rectangles.push(Rectangle::new([(left, 0.0), (left + slot * 0.92, ratio)], colour.filled()));
        }
        chart
            .draw_series(rectangles)?
            .label(*contender)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    let label = TextStyle::from(("sans-serif", 14)).pos(Pos::new(HPos::Center, VPos::Top));
    chart.draw_series(operations.iter().enumerate().filter_map(|(place, operation)| {
        let centre = f64::from(u32::try_from(place).ok()?) + 0.45;
        Some(Text::new((*operation).to_owned(), (centre, -0.03 * highest), label.clone()))
    }))?;
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    canvas.present()?;
    Ok(())
}
