import Foundation

exit(PolicyBenchmark.run(CommandLine.arguments))
