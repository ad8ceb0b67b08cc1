import World

/// The `Date` header line, made once per second.
struct DateLine {
    private var line: [UInt8] = []
    private var second: Int64 = -1

    /// `second` is of the loop's own clock: it only tells when the line is old.
    mutating func append(to bytes: inout [UInt8], second: Int64, clock: any Clock) {
        if second != self.second {
            self.second = second
            line = Array("Date: ".utf8)
            clock.wallTime().appendHTTPDate(to: &line)
            line += [13, 10]
        }
        bytes.append(contentsOf: line)
    }
}
