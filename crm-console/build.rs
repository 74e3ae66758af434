//! Has the files embedded anew when the console was built anew. Only a release embeds them; a debug build reads them when it
//! starts.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script so how it builds"
)]
fn main() {
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed=../console/dist");
    } else {
        println!("cargo:rerun-if-changed=build.rs");
    }
}
