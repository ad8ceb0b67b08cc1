import AWS
import Journal
import World

/// Records such as a busy account leaves: a thousand users, a few kinds of call, a fifth of them S3 data events.
enum SampleEvent {
    static let account = AccountID("111122223333")
    private static let names = ["GetCallerIdentity", "ListUsers", "GetUser", "CreateUser", "AssumeRole", "ListRoles"]
    private static let parameters = Array(
        #"{"userName":"someone","path":"/division/department/","tags":[{"key":"team","value":"blue"}]}"#.utf8)

    /// The record of that number; five of `count` are of the user `rare`. One record each 20 ms.
    static func make(_ number: Int, of count: Int) throws -> Event {
        guard let account else { throw StrangeAccount() }
        let random = mixed(UInt64(number))
        let user = number % (count / 5) == count / 10 ? "rare" : "user\(random % 1000)"
        let name = names[Int(random >> 16) % names.count]
        let principal = Principal.user(
            UserPrincipal(account: account, name: user, path: "/", uniqueID: "AIDAEXAMPLEEXAMPLE\(random % 1000)"))
        return Event(
            id: id(random, number), time: Instant(milliseconds: 1_767_323_045_678 + Int64(number) * 20),
            account: account, region: .usEast1,
            source: name == "AssumeRole" ? "sts.amazonaws.com" : "iam.amazonaws.com",
            name: name, isReadOnly: !name.hasPrefix("C"), category: random >> 32 & 7 == 0 ? .data : .management,
            identity: EventIdentity(principal: principal, accessKeyID: "AKIAEXAMPLE\(user)", session: nil),
            sourceAddress: "198.51.100.7", userAgent: "aws-cli/2.15.0 Python/3.11.6 Linux/6.1",
            requestID: id(random, 7),
            requestParameters: parameters,
            subjects: [Event.Subject(type: "AWS::IAM::User", name: "user\(random >> 40 % 1000)")])
    }

    struct StrangeAccount: Error {}

    private static func id(_ random: UInt64, _ number: Int) -> String {
        let digits = String(random, radix: 16) + String(UInt64(number), radix: 16)
        return "00000000-0000-4000-8000-" + digits
    }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var word = (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        return word ^ word >> 27
    }
}
