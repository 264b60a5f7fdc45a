def generaciones(persona):
    pass


def descendientes(persona):
    pass
