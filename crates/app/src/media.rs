//! Attachments from outside: what they really are, and a small picture of them. Bytes decide, never the name.

use std::io::Cursor;

use image::ImageReader;

/// Larger pictures are kept but get no thumbnail: decoding them would cost more than it is worth.
const MAX_PIXELS: u64 = 25_000_000;
const THUMB: u32 = 320;

/// The media type by the first bytes, for the few types that are shown in the browser; everything else is a download.
pub fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [b'%', b'P', b'D', b'F', b'-', ..] => "application/pdf",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        _ => "application/octet-stream",
    }
}

/// A JPEG of at most 320 pixels a side; `None` where the bytes are no picture we decode.
pub fn thumbnail(bytes: &[u8]) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let (width, height) = reader.into_dimensions().ok()?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let picture = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.decode().ok()?;
    let mut out = Cursor::new(Vec::new());
    picture.thumbnail(THUMB, THUMB).into_rgb8().write_to(&mut out, image::ImageFormat::Jpeg).ok()?;
    Some(out.into_inner())
}

/// A file name that is safe to show and to send back: no path, no control characters, at most 120 characters.
pub fn clean_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = base.chars().filter(|c| !c.is_control()).take(120).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_not_the_name() {
        assert_eq!(media_type(b"<svg onload=alert(1)>"), "application/octet-stream");
        assert_eq!(media_type(&[0xFF, 0xD8, 0xFF, 0xE0]), "image/jpeg");
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("现场\u{0}照片.jpg"), "现场照片.jpg");
        assert_eq!(clean_name(""), "file");
    }

    #[test]
    fn a_picture_gets_a_thumbnail_and_rubbish_none() {
        let mut png = Cursor::new(Vec::new());
        image::RgbImage::from_pixel(800, 600, image::Rgb([200, 30, 30])).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let thumb = thumbnail(png.get_ref()).unwrap();
        let small = image::load_from_memory(&thumb).unwrap();
        assert_eq!((small.width(), small.height()), (320, 240));
        assert!(thumbnail(b"\x89PNG\r\n\x1a\nrubbish").is_none());
    }
}
