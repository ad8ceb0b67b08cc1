import IAMService
import Testing

/// Defends: an operator's file is taken as it is meant, or refused with the line that is wrong and without any seed.
@Suite struct HardwareTokenTests {
    private static let hex = "3132333435363738393031323334353637383930"

    @Test(arguments: [
        "", "# nothing\n\n", "GAHT12345678,\(hex)", "GAHT12345678 , \(hex)\r\nGAHT12345679,hex:\(hex)\r\n",
        "GAHT12345678,base32:ABCDEF2345ABCDEF2345ABCDEF2345ABCDEF2345", "GAHT12345678,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ]) func takes(_ text: String) throws {
        _ = try HardwareTokens(text)
    }

    @Test(arguments: [
        ("GAHT12345678", "line 1: a line is NUMBER,SEED"), ("a,b,c", "line 1: a line is NUMBER,SEED"),
        ("\n\nGAHT1,\(hex)", "line 3: a number has"), ("GAHT 1234!,\(hex)", "line 1: a number has"),
        ("arn:aws:iam::1:mfa/x,\(hex)", "line 1: a number has"), ("GAHT12345678,", "line 1: a seed has"),
        ("GAHT12345678,3132", "line 1: a seed has"), ("GAHT12345678,hex:xyz", "line 1: a seed has"),
        ("GAHT12345678,\(hex)\nGAHT12345678,\(hex)", "line 2: the number is there twice"),
        ("GAHT12345678,ABCDEF2345ABCDEF2345ABCDEF2345ABCDEF2345", "line 1: the seed can be read in two ways"),
    ]) func refuses(_ text: String, _ reason: String) throws {
        let error = try #require(throws: HardwareTokens.Malformed.self) { _ = try HardwareTokens(text) }
        #expect(error.description.hasPrefix(reason), "\(error)")
        #expect(!error.description.contains("3132"))
    }
}
