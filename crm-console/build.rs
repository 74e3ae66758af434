//! Has the files embedded anew when the console was built anew. Only a release embeds them; a debug build reads them when it
//! starts.

use std::path::Path;

const DIST: &str = "../console/dist";

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script so how it builds"
)]
fn main() -> std::io::Result<()> {
    // A debug build remembers the folder as it finds it now, and would find nothing in one that is made later.
    if Path::new("../console/package.json").exists() {
        std::fs::create_dir_all(DIST)?;
    }
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed={DIST}");
    } else {
        println!("cargo:rerun-if-changed=build.rs");
    }
    Ok(())
}
