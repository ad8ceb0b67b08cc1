import Crypto
import Formats
import HTTP

/// A page for a browser, without scripts: what is put into it is text, whatever it holds.
struct ConsolePage {
    private var body: String
    private let title: String

    init(_ title: String) {
        (self.title, body) = (title, "")
        add("h1", title)
    }

    /// An element with text in it.
    mutating func add(_ name: String, _ text: String, _ attributes: [(name: String, value: String)] = []) {
        open(name, attributes)
        body += ConsolePage.escaped(text)
        close(name)
    }

    /// Begins an element. `input` has no end.
    mutating func open(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        body += "<" + name
        for (name, value) in attributes { body += " \(name)=\"\(ConsolePage.escaped(value))\"" }
        body += ">"
    }

    mutating func close(_ name: String) { body += "</\(name)>\n" }

    /// A value that the form posts and nobody sees.
    mutating func hide(_ name: String, _ value: String) {
        open("input", [("type", "hidden"), ("name", name), ("value", value)])
    }

    func answer(_ status: Int) -> Response {
        let text =
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + "<title>\(ConsolePage.escaped(title)) – Gatehouse</title>\n<style>\(ConsolePage.style)</style>\n</head>\n"
            + "<body>\n<main>\n\(body)</main>\n</body>\n</html>\n"
        return ConsoleAnswer.page(status, Array(text.utf8), policy: ConsolePage.policy)
    }

    /// The five characters that mean something in HTML; what else controls a text is left out.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Nothing but this style, and a form that posts to this server.
    private static let policy =
        "default-src 'none'; style-src 'sha256-\(Base64.encode(SHA256.hash(Array(style.utf8))))'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"

    private static let style = """
        :root{color-scheme:light dark;--ground:#f3f5f8;--card:#fff;--ink:#1b2430;--faint:#5b6675;--line:#d9dee6;--mark:#1f5fbf}
        @media(prefers-color-scheme:dark){
        :root{--ground:#12161c;--card:#1b212a;--ink:#e8ecf2;--faint:#9aa5b4;--line:#303947;--mark:#6ea3f5}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);
        color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
        h1{margin:0 0 1.25rem;font-size:1.35rem;line-height:1.25}
        p{margin:0;overflow-wrap:anywhere}
        fieldset{margin:0 0 1.5rem;padding:0;border:0;min-width:0}
        .saml-account+.saml-account{margin-top:1.25rem}
        .saml-account-name{margin-bottom:.4rem;color:var(--faint);font-size:.875rem}
        .saml-role{display:flex;align-items:center;border:1px solid var(--line);border-radius:8px}
        .saml-role+.saml-role{margin-top:.4rem}
        .saml-role:has(:checked){border-color:var(--mark)}
        .saml-role:focus-within{outline:2px solid var(--mark);outline-offset:1px}
        input[type=radio]{margin:0 0 0 .9rem;accent-color:var(--mark)}
        label{flex:1;min-width:0;padding:.65rem .9rem;overflow-wrap:anywhere;cursor:pointer}
        button{width:100%;padding:.7rem;border:0;border-radius:8px;background:var(--mark);color:var(--card);font:inherit;
        font-weight:600;cursor:pointer}
        button:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
        """
}
