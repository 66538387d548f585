//! What a first visit downloads, and the limit on it.

use super::Site;
use crate::project::Outcome;

/// The goal for a first visit, in bytes after gzip (row 14 of the performance goals).
pub const GOAL: usize = 200_000;

/// The limit: a page above it is not published. The whole simulator comes with the first
/// visit, which is far above the goal; the limit keeps it from growing unseen. It was 1,270 kB
/// before transactions, compaction, reassignment, and the tools for configs, groups and logs, and
/// 1,530 kB before the transaction protocol of old, share groups' offsets and the menus of all that,
/// and 1,600 kB before changing voters, the true files of a data folder and their decoders, and
/// 1,690 kB before the codecs of record batches (29 kB, more than half of it zstd).
pub const LIMIT: usize = 1_750_000;

/// Whether the page works without this file: the texts of lessons and of the stories of failures are
/// fetched when one is opened, the notes are a window of their own. The service worker keeps them, after the page is usable.
fn is_fetched_later(name: &str) -> bool {
    let later = ["lessons/", "failures/", "notes."];
    later.iter().any(|start| name.starts_with(start))
}

/// Prints every file's size and fails if what is needed at first is above the limit.
pub fn report(site: &Site) -> Outcome {
    let (mut total, mut later) = (0, 0);
    println!("{:>10} {:>10}  file", "bytes", "gzip");
    for (name, content) in site {
        let gzip = gzip_size(content);
        *(if is_fetched_later(name) {
            &mut later
        } else {
            &mut total
        }) += gzip;
        println!("{:>10} {gzip:>10}  {name}", content.len());
    }
    println!("First visit: {total} bytes after gzip (goal {GOAL}, limit {LIMIT}); later {later}.");
    if total > LIMIT {
        return Err(format!(
            "the page is {total} bytes after gzip; the limit is {LIMIT}"
        ));
    }
    Ok(())
}

/// The size a server sends with gzip at its best: the deflate stream and gzip's 18 bytes around it.
fn gzip_size(content: &[u8]) -> usize {
    miniz_oxide::deflate::compress_to_vec(content, 9).len() + 18
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_over_the_limit_is_refused_and_the_figure_is_named() {
        // Bytes that do not compress: the low bytes of a fixed linear congruential sequence.
        let mut state = 1_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .take(LIMIT + 1)
        .collect();
        let site = Site::from([("page.wasm".to_owned(), noise.clone())]);
        assert!(report(&site).unwrap_err().contains("limit"));
        let later = Site::from([("lessons/L01.lesson".to_owned(), noise)]);
        assert_eq!(report(&later), Ok(()));
        let small = Site::from([("page.wasm".to_owned(), vec![0; LIMIT * 4])]);
        assert_eq!(report(&small), Ok(()));
    }
}
