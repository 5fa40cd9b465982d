//! Against a server on this machine that never comes to an end.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::*;

/// A server that takes every request and answers one byte at a time, for as long as somebody listens.
fn dripping() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut request = [0; 1 << 16];
                let _ = stream.read(&mut request);
                let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[";
                let mut more = stream.write_all(head);
                while more.is_ok() {
                    std::thread::sleep(Duration::from_millis(5));
                    more = stream.write_all(b" ");
                }
            });
        }
    });
    url
}

/// What all reads together may take here.
const READS_LIMIT: Duration = Duration::from_millis(200);

#[test]
fn all_reads_share_one_limit() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let api = Api::new(&dripping(), None).unwrap();
        let limits = Limits { whole: Duration::from_secs(3600), reads: READS_LIMIT };
        let client = Client::new(&api, &Token::new("t").unwrap(), limits).unwrap();
        let page = client.page::<serde_json::Value>("/first").await.err().unwrap();
        let error = client.get::<serde_json::Value>("/second").await.unwrap_err();
        let query = client.query::<serde_json::Value>("third").await.unwrap_err();
        for error in [page, error, query] {
            assert!(matches!(error, ApiError::ReadsLate(_)), "{error}");
            assert!(error.to_string().contains("too slow"), "{error}");
        }
        assert!(*client.read_for.lock().unwrap() >= READS_LIMIT);
    });
}
