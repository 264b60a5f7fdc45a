def gotas(capacidad, primera):
    pass
