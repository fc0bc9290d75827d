//! The seeker's bundle: what the shell `seeker.html` loads.

fn main() {
    beistand_web::seeker::run();
}
