import AWS
import Testing

/// Defends: an ARN prints as it was read, and its parts are what stands between the colons.
struct ARNTests {
    @Test func hasSixParts() throws {
        let arn = try #require(ARN("arn:aws:iam::111122223333:user/staff/alice"))
        #expect(arn.partition == "aws")
        #expect(arn.service == "iam")
        #expect(arn.region == "")
        #expect(arn.account == "111122223333")
        #expect(arn.accountID == AccountID("111122223333"))
        #expect(arn.resource == "user/staff/alice")
        #expect(arn.description == "arn:aws:iam::111122223333:user/staff/alice")
    }

    @Test func resourceKeepsItsColons() {
        #expect(ARN("arn:aws:logs:eu-west-1:111122223333:log-group:a:*")?.resource == "log-group:a:*")
        #expect(ARN("arn:aws:s3:::bucket/å:/key")?.resource == "bucket/å:/key")
        #expect(ARN("arn:::::")?.resource == "")
    }

    @Test(arguments: ["", "arn", "arn:aws:iam::111122223333", "ARN:aws:iam::111122223333:root", "xarn:aws:iam::1:root"])
    func othersAreRefused(_ text: String) { #expect(ARN(text) == nil) }

    @Test func madeAndReadAreEqual() throws {
        let account = try #require(AccountID("111122223333"))
        for made in [
            ARN(service: "iam", account: account, resource: "user/ä"),
            ARN(partition: "aws-cn", service: "s3", region: .usEast1, resource: "b:/c"),
        ] {
            let read = try #require(ARN(made.description))
            #expect(read == made)
            #expect(read.resource == made.resource)
            #expect(read.region == made.region)
        }
    }
}

/// Defends: an account id is twelve ASCII digits, nothing else.
struct AccountIDTests {
    @Test(arguments: [
        "", "12345678901", "1234567890123", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٢", "+12345678901", "12345678901\n",
    ])
    func othersAreRefused(_ text: String) { #expect(AccountID(text) == nil) }

    @Test func zerosStay() { #expect(AccountID("000000000001")?.description == "000000000001") }
}
