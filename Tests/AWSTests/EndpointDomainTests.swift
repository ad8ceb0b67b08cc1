import AWS
import Testing

struct EndpointDomainTests {
    /// Defends: what looks like a host of AWS and is none is not answered for.
    @Test func toldFromOthers() {
        for host in [
            "iam.amazonaws.com", "b.s3.us-west-2.amazonaws.com", "a.b.c.s3.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "kms.eu-west-1.api.aws", "signin.aws.amazon.com", "us-east-1.signin.aws.amazon.com",
        ] {
            #expect(EndpointDomain.holds(host), "\(host)")
        }
        for host in [
            "", ".", "amazonaws.com", ".amazonaws.com", "evilamazonaws.com", "amazonaws.com.evil.org",
            "s3.amazonaws.com.",
            "s3.amazonaws.co", "api.aws", "xapi.aws", "aws", "aws.amazon.com", "amazon.com",
            "evilsignin.aws.amazon.com", "S3.AMAZONAWS.COM", "169.254.169.254", "::1", "localhost",
            "s3.amazonaws.com\0",
            "s3.amazonaws.com\0.evil.org", "s3.amazonaws.eu",
        ] {
            #expect(!EndpointDomain.holds(host), "\(host)")
        }
    }
}
