import Crypto
import Foundation
import Testing

/// Defends what RSA keys may come from outside.
@Suite struct ExponentTests {
    /// Made for this test, with the public exponent 3.
    private static let small = """
            MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC0BbSBvy+y8B+D9jyJ99BXDxC1yh6HTgWyycCUk7IAWsmK
            1R07Ad3E9eklBglrVVZrs/tA12XNrDf8PbosGT8CaNMaV7pbHNNTmRX0TNh4GaKBS2h+bBeiwY29zsXKVtSfUbibCe+txHlp
            Oc0471+XyC/XSZSEsrtqbVduixs2++lHitUFXxEJittqFUc1Cx15f856EuHnefHdWBUu1qDlA6I73dR7Cuq0ggBIvkY3jyah
            wctBucGmbVVovdSIhHkiwtGNtKab9VZDpISKfZJCtM8zYxEhEZPW9SUPMvBbo6tB0JF+HJrkMhO4hCcWNvDGjcNFjbvAvsnq
            l5tzzhL1AgEDAoIBAHgDzavUyndKv61O0walNY9fYHkxaa+JWSHb1bhidqrnMQc4vidWk9ij8MNZW5zjjvJ3/NXk7okdeqgp
            JsgQ1KxF4hGP0ZITN40QuU2IkFARFwDc8FRID8HWXn6J2TGPOGo2exIGn8ktpkYmiNCflQ/ayo+GYwMh0kbzj58HZ3n8Jurd
            bxLAMuzwow/CpCTeT2tDGonAzRTAL5Ai/7wDQtqojmww2rORdn2x2KYMkqbErO5OdZ1F1XwyWzdmw7W1CI5D8TcKuTUSBhmP
            8tVQdsqMrOoqWo/6MlCpwXVL1+VhHA1uBrttq23OuI/rEHaRfZOgID0v7QkpEgV1ImNA13MCgYEA6bgmijZDJotdaBeqR+Aa
            MR/W6yxNvfP8bEeKOHv7+aJcD5PGqrhGSsoA4P1LFwAVkIGu41wqHq/1ogGgDa3NI1abn2aGv/fruIDREjXs4+I2frT9I9lO
            EAFSNrQwbA6rJGIW+jDTgeJYTnMDGPOOsJXY2Q/sszNEEJIjErQe5nsCgYEAxS8YJDL7nhrEfrrHCR2jdTjEO38j8FRdPj2Z
            XRjVwvqqvQXN4bVqbi32WlJgUz1SkrqdN3mm4rwsKpQDoUonyPbBSFSd0NRulJx7hhSX/DCrTR8mZW/MOFykTCsQwHTm3MuU
            jTQkl90jsG2gdXDOA9NEudnZJP+9HlBE1SrN6U8CgYEAm9AZsXmCGbI+RWUcL+q8IL/knMgz0/f9nYUG0FKn+8GStQ0vHHrZ
            hzFV61OHZKq5CwEfQj1xacqjwVZqs8kzbORnv5mvKqVH0FXgts6d7UF5qc3+F+Y0CquMJHggSAnHbZa5/CCNAUGQNEysu00J
            yw6QkLVId3eCtbbCDHgUmacCgYEAg3S6wsynvryC/ycvW2kXo3stfP9tSuLo1CkQ6Ls5LKccfgPelnjxnslO5uGVjNOMYdG+
            JPvElygdcbgCa4bFMKSA2uMT4I2fDb2nrrhlUssc3hTEQ5/deuhtiBy11aNEkzJjCM1tupNtIEkVo6CJV+It0TvmGKp+FDWD
            OMcz8N8CgYB2jww1FUprFYZUL/OWDdcIzdJkZCY6X+AWw5ywfCscIVUMmVKTZ2OygGpY21/GIjrQy54OU32lQS5JoTsaClPL
            Coxz6SfHjiKeuNognDh7MvXKsY7J9aEqza1hZyG8YKD+Sh7u3gug6+gzFTFDTt63D0qDRQYpeLZVRYuRlCCjig==
        """

    @Test("an RSA key whose public exponent is 3 is refused")
    func smallExponent() throws {
        let der = [UInt8](try #require(Data(base64Encoded: Self.small, options: .ignoreUnknownCharacters)))
        #expect(throws: KeyPair.Failure.unfit) { try KeyPair(.rsa2048, pkcs8: SecretBytes(der)) }
        // It is the exponent: the key is one, and would work.
        let unchecked = try KeyPair(.rsa2048, pkcs8: SecretBytes(der), checksHalves: false)
        #expect(try !unchecked.sign(.raw([1]), by: .pssSHA256).isEmpty)
    }

    @Test("one of the usual exponent is taken")
    func usualExponent() throws {
        let pair = try KeyPair(.rsa2048)
        #expect(try KeyPair(.rsa2048, pkcs8: pair.pkcs8()).publicKey == pair.publicKey)
    }
}
