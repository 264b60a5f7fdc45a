def segundo_mejor(saltos):
    pass
