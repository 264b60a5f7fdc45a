def boleto(edad, minutos):
    pass
