def formas(metros, pasos=(1, 2, 5)):
    pass
