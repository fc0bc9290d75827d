//! What a box prints at its start, read as a person would: address, root certificate, claim code.

use std::path::{Path, PathBuf};

/// What the start output says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartOutput {
    /// `https://host:port`.
    pub url: String,
    /// File of the root certificate.
    pub root_certificate: PathBuf,
    /// As long as the box is not set up.
    pub claim_code: Option<String>,
}

impl StartOutput {
    /// Reads the output so far; `None` while it is not complete (the address comes last).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let after = |label: &str| {
            text.lines().find_map(|line| line.trim().strip_prefix(label)).map(|value| value.trim().to_owned())
        };
        // Only whole lines count: the last one may still be in the making.
        let whole = text.rfind('\n')?;
        Self {
            url: after("Address:")?,
            root_certificate: PathBuf::from(after("Root certificate, file:")?),
            claim_code: after("Claim code:"),
        }
        .within(&text[..whole])
    }

    fn within(self, whole: &str) -> Option<Self> {
        whole.contains(&self.url).then_some(self)
    }

    /// Waits until a file holds the whole output.
    ///
    /// # Errors
    /// The file's last state, when the box does not get that far in time.
    pub async fn wait(file: &Path, patience: std::time::Duration) -> Result<Self, String> {
        let reading = async {
            loop {
                let text = tokio::fs::read_to_string(file).await.unwrap_or_default();
                if let Some(read) = Self::read(&text) {
                    return read;
                }
                // A file gives no event; ten times a second is as good.
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        };
        match tokio::time::timeout(patience, reading).await {
            Ok(read) => Ok(read),
            Err(_) => Err(tokio::fs::read_to_string(file).await.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_box_prints() {
        let text = "Beistand 0.1.0\nRoot certificate, file: data/root.pem\nClaim code: AB-CD\nAddress: https://localhost:8443\n";
        let read = StartOutput::read(text).unwrap();
        assert_eq!(read.url, "https://localhost:8443");
        assert_eq!(read.claim_code.as_deref(), Some("AB-CD"));
        assert_eq!(StartOutput::read(&text[..text.len() - 3]), None);
        assert_eq!(StartOutput::read("Beistand 0.1.0\n"), None);
    }
}
