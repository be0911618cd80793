import ArgumentParser

Sallyport.main()
