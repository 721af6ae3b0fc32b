//! Prints the JSON Schema of the configuration file, for `cargo xtask schema`.

fn main() {
    println!("{:#}", aivm::config_file::schema());
}
