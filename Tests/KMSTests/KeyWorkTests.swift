import KMSAPI
import KeyEngine
import Testing

@testable import KMSService

/// What callers hear of an engine's troubles.
struct KeyWorkTests {
    @Test("nothing of the device is told to callers")
    func unavailable() throws {
        let detail = "the token \"keys\" did not take the PIN in pin.txt. A few more tries lock it."
        let told = try #require(KeyWork.refusal(.unavailable(detail)) as? KMS.KMSInternalException)
        #expect(told.httpStatus == 500)
        for word in ["keys", "pin.txt", "token", "PIN"] { #expect(!told.message.contains(word)) }
    }
}
