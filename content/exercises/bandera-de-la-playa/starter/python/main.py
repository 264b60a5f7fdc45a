def bandera(viento, ola):
    pass
