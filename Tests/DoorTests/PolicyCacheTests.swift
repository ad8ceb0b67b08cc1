import Authorization
import Testing

@testable import Door

/// Defends: the compiled form of a policy serves for its own bytes alone, not for a text that Unicode calls equivalent.
struct PolicyCacheTests {
    @Test func anEquivalentTextIsAnotherPolicy() throws {
        let cache = PolicyCache()
        func compiled(_ letter: String) -> CompiledPolicy {
            cache.policy(
                #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/\#(letter)ey"}}"#,
                as: .identity)
        }
        #expect("K" == "\u{212A}", "the two letters are one to String")
        let (first, second) = (compiled("\u{212A}"), compiled("K"))
        #expect(first.text != second.text)
        #expect(compiled("K").text == second.text && compiled("\u{212A}").text == first.text)
    }
}
