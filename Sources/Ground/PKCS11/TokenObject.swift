/// A key unwrapped in a token as an object of its session. Destroyed when nobody holds it any more.
final class TokenObject: Sendable {
    let handle: UInt
    let generation: Int
    private let token: Token

    init(_ handle: UInt, _ generation: Int, _ token: Token) {
        (self.handle, self.generation, self.token) = (handle, generation, token)
    }

    deinit { token.bury(handle, generation) }
}
