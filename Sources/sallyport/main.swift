import ArgumentParser

Speech.prepare()
if let complaint = Sallyport.complaint(of: CommandLine.arguments.dropFirst().first) {
  Speech.say(complaint)
  Sallyport.exit(withError: ExitCode.validationFailure)
}
Sallyport.main()
